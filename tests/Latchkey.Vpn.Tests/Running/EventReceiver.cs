using System.Collections.Concurrent;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>An operator's receiver of events, on loopback.</summary>
internal sealed class EventReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedEvent> _events = new();
    private readonly WebApplication _website;

    private EventReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _website = builder.Build();
        _website.MapPost("/vpn-events", ReceiveAsync);
    }

    /// <summary>Everything that came so far, oldest first.</summary>
    public IReadOnlyList<ReceivedEvent> Events => [.. _events];

    public static async Task<EventReceiver> StartAsync()
    {
        var receiver = new EventReceiver();
        await receiver._website.StartAsync();

        return receiver;
    }

    /// <summary>Makes a server send its events here.</summary>
    public RunningHostOptions Listen(RunningHostOptions options, string secret) =>
        options
            .With(PlatformSettings.OutboundAllow, "127.0.0.1")
            .With(VpnSettings.WebhookUrls, $"{_website.Urls.First()}/vpn-events")
            .With(VpnSettings.WebhookSecret, secret);

    public ValueTask DisposeAsync() => _website.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        _events.Enqueue(
            new ReceivedEvent(body.ToArray(), http.Request.Headers["X-Latchkey-Signature"].ToString(), http.Request.ContentType ?? "")
        );
    }
}

internal sealed record ReceivedEvent(byte[] Body, string Signature, string ContentType);
