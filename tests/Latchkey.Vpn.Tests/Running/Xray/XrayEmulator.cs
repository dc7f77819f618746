using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Tests.Running.Xray;

/// <summary>
/// Stands in for Xray, of which there is no package: speaks gRPC under Xray's names over HTTP/2 without TLS, looks at every byte that it is sent,
/// and misbehaves on order.
/// </summary>
internal sealed class XrayEmulator : IAsyncDisposable
{
    private const int PrefixLength = 5;
    private const string Names = "/xray.app.";

    // Old: a core that has only just started cannot be told from itself.
    private static readonly TimeSpan FirstUptime = TimeSpan.FromDays(10);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<ConnectionContext, bool> _connections = new();
    private readonly ConcurrentQueue<(string Method, Misbehaviour How)> _orders = new();
    private readonly ConcurrentQueue<EmulatedCall> _calls = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly TaskCompletionSource _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _server;
    private volatile bool _isDown;

    private XrayEmulator(HashSet<string> missing)
    {
        Port = RealCore.FreePort();
        State = new XrayState
        {
            StartedAt = Stopwatch.GetTimestamp() - (long)(FirstUptime.TotalSeconds * Stopwatch.Frequency),
            Missing = missing,
        };

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenLocalhost(
                Port,
                listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(WatchAsync);
                }
            )
        );
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public int Port { get; }

    public XrayState State { get; private set; }

    /// <summary>Everything that it did or refused to do, oldest first.</summary>
    public IReadOnlyList<EmulatedCall> Calls => [.. _calls];

    /// <param name="missing">Methods that this version does not have, such as <c>HandlerService/GetInboundUsers</c>.</param>
    public static async Task<XrayEmulator> StartAsync(params string[] missing)
    {
        var emulator = new XrayEmulator([.. missing]);
        await emulator._server.StartAsync();

        return emulator;
    }

    /// <summary>The next call of this method goes wrong.</summary>
    public void Order(string method, Misbehaviour how) => _orders.Enqueue((method, how));

    /// <summary>Answers what waits.</summary>
    public void Continue() => _continue.TrySetResult();

    /// <summary>Dies, and is there again without users and counters.</summary>
    /// <param name="later">By how much its start is later than the last one; a minute when not given.</param>
    /// <param name="allocated">What it says of its memory.</param>
    public async Task RestartAsync(TimeSpan? later = null, long allocated = 0)
    {
        await GoDownAsync();
        State = new XrayState
        {
            StartedAt = State.StartedAt + (long)((later ?? BetweenStarts).TotalSeconds * Stopwatch.Frequency),
            Missing = State.Missing,
            Allocated = allocated,
        };
        ComeBack();
    }

    /// <summary>Does not answer any more.</summary>
    public async Task GoDownAsync()
    {
        _isDown = true;
        DropConnections();
        await Eventually.IsTrueAsync(() => _connections.IsEmpty);
    }

    public void ComeBack() => _isDown = false;

    public int Count(string method) => _calls.Count(call => call.Method == method);

    /// <summary>Fails when it was sent something that Xray does not know.</summary>
    public void AssertNoComplaints()
    {
        if (!_complaints.IsEmpty)
            throw new InvalidOperationException("Xray does not know: " + string.Join("; ", _complaints));
    }

    public async ValueTask DisposeAsync()
    {
        Continue();
        DropConnections();
        await _server.DisposeAsync();
    }

    private void DropConnections()
    {
        foreach (var connection in _connections.Keys)
            connection.Abort();
    }

    private ConnectionDelegate WatchAsync(ConnectionDelegate next) =>
        async connection =>
        {
            _connections.TryAdd(connection, true);

            try
            {
                if (_isDown)
                    connection.Abort();

                await next(connection);
            }
            finally
            {
                _connections.TryRemove(connection, out _);
            }
        };

    private async Task AnswerAsync(HttpContext http)
    {
        var request = await ReadAsync(http.Request.Body);
        var method = MethodOf(http.Request.Path);
        var how = TakeOrder(method);

        if (how == Misbehaviour.Wait)
            await _continue.Task;

        if (how == Misbehaviour.DropConnection)
        {
            DropConnections();
            return;
        }

        http.Response.ContentType = "application/grpc";

        try
        {
            var answer = Answer(method, request);

            if (how == Misbehaviour.LoseAnswer)
            {
                DropConnections();
                return;
            }

            await WriteAsync(http.Response.Body, answer);
            http.Response.AppendTrailer("grpc-status", "0");
        }
        catch (RefusalException refusal)
        {
            Refuse(http.Response, refusal.Status, refusal.Message);
        }
        catch (ComplaintException complaint)
        {
            _complaints.Enqueue(complaint.Message);
            Refuse(http.Response, 3, complaint.Message);
        }
    }

    private byte[] Answer(string method, byte[] request)
    {
        var call = new EmulatedCall(method, "");

        try
        {
            return State.Answer(method, request, out call);
        }
        finally
        {
            _calls.Enqueue(call);
        }
    }

    /// <summary><c>/xray.app.stats.command.StatsService/GetStats</c> is <c>StatsService/GetStats</c> here.</summary>
    private static string MethodOf(string path) =>
        path.StartsWith(Names, StringComparison.Ordinal)
        && path[Names.Length..].Split('.') is ["proxyman" or "stats", "command", var method]
            ? method
            : path;

    private Misbehaviour? TakeOrder(string method) =>
        _orders.TryPeek(out var order) && order.Method == method && _orders.TryDequeue(out _) ? order.How : null;

    private static async Task<byte[]> ReadAsync(Stream body)
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes);
        var all = bytes.ToArray();

        return all[0] == 0 && BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(1)) == all.Length - PrefixLength
            ? all[PrefixLength..]
            : throw new ComplaintException("a frame that is not one plain message");
    }

    private static async Task WriteAsync(Stream body, byte[] message)
    {
        var prefix = new byte[PrefixLength];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        await body.WriteAsync(prefix);
        await body.WriteAsync(message);
    }

    private static void Refuse(HttpResponse response, int status, string message)
    {
        response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }
}
