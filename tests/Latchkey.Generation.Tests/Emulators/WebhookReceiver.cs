using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>A caller's own server.</summary>
internal sealed class WebhookReceiver(TimeProvider time) : Emulator(time)
{
    public ConcurrentQueue<(Dictionary<string, string> Headers, string Body)> Received { get; } = new();

    protected override void Map(WebApplication app) => app.MapPost("/hook", (Delegate)ReceiveAsync);

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        Received.Enqueue((headers, await reader.ReadToEndAsync()));

        return Results.Ok();
    }
}
