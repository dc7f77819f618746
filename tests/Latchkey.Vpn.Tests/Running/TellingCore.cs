using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Latchkey.Vpn.Core.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>
/// Speaks as a newer Xray does of who is connected, which no core of Debian's tells. It takes every user, and has none to list.
/// </summary>
internal sealed class TellingCore : IAsyncDisposable
{
    private const int FrameHead = 5;

    private readonly WebApplication _app;

    private TellingCore(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <summary>The addresses that each user is connected from.</summary>
    public Dictionary<string, string[]> Online { get; } = [];

    public static async Task<TellingCore> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        var core = new TellingCore(builder.Build());
        core._app.Run(core.AnswerAsync);
        await core._app.StartAsync();

        return core;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var request = new MemoryStream();
        await http.Request.Body.CopyToAsync(request);
        var answer = Answer(http.Request.Path.Value!.Split('/')[^1], request.ToArray()[FrameHead..]);

        http.Response.ContentType = "application/grpc";
        // Unimplemented where there is no answer.
        http.Response.AppendTrailer("grpc-status", answer is null ? "12" : "0");

        if (answer is null)
            return;

        var frame = new byte[FrameHead + answer.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), answer.CalculateSize());
        answer.WriteTo(frame.AsSpan(FrameHead));
        await http.Response.Body.WriteAsync(frame);
    }

    private IMessage? Answer(string method, byte[] request) =>
        method switch
        {
            "GetSysStats" => new SystemStatsResponse { Uptime = 1000 },
            "QueryStats" => new QueryStatsResponse(),
            "AlterInbound" => new Nothing(),
            "GetAllOnlineUsers" => new OnlineUsersResponse { Users = { Online.Keys } },
            "GetStatsOnlineIpList" => Addresses(StatsRequest.Parser.ParseFrom(request).Name.Split(">>>")[1]),
            _ => null,
        };

    private OnlineAddressesResponse Addresses(string email) =>
        new() { Addresses = { Online[email].ToDictionary(address => address, _ => 1L) } };
}
