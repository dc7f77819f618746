using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Core.Protocol;
using Latchkey.Vpn.Tests.Running;

namespace Latchkey.Bench.Vpn;

/// <summary>The core's own gRPC calls, with nothing around them.</summary>
internal sealed class RawCore : IDisposable
{
    private const int MostBytes = 256 * 1024 * 1024;

    private static readonly Method<QueryStatsRequest, QueryStatsResponse> QueryStats = new(
        MethodType.Unary,
        "v2ray.core.app.stats.command.StatsService",
        "QueryStats",
        Marshallers.Create<QueryStatsRequest>(request => request.ToByteArray(), QueryStatsRequest.Parser.ParseFrom),
        Marshallers.Create<QueryStatsResponse>(
            (answer, _) => answer.ToByteArray(),
            context => QueryStatsResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence())
        )
    );

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly CoreMethods _methods = new(CoreKind.V2Ray);

    public RawCore(RealCore core)
    {
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{core.ApiPort}", new GrpcChannelOptions { MaxReceiveMessageSize = MostBytes });
        _calls = _channel.CreateCallInvoker();
    }

    public async Task AddUserAsync(string email, string uuid)
    {
        var user = new User { Email = email, Account = _methods.Wrap("proxy.vless.Account", new VlessAccount { Id = uuid }) };
        var request = new AlterInboundRequest
        {
            Tag = "vless-reality",
            Operation = _methods.Wrap("app.proxyman.command.AddUserOperation", new AddUserOperation { User = user }),
        };
        using var call = _calls.AsyncUnaryCall(_methods.AlterInbound, null, default, request);
        await call.ResponseAsync;
    }

    public async Task<int> QueryStatsAsync()
    {
        using var call = _calls.AsyncUnaryCall(QueryStats, null, default, new QueryStatsRequest { Pattern = "user>>>" });

        return (await call.ResponseAsync).Stat.Count;
    }

    public void Dispose() => _channel.Dispose();
}
