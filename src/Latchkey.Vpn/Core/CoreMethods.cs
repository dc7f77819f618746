using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Latchkey.Vpn.Core.Protocol;

namespace Latchkey.Vpn.Core;

/// <summary>The calls that a core answers, under the names of its kind.</summary>
internal sealed class CoreMethods(CoreKind kind)
{
    private const string Handler = "app.proxyman.command.HandlerService";
    private const string Stats = "app.stats.command.StatsService";

    public Method<AlterInboundRequest, Nothing> AlterInbound { get; } =
        Create<AlterInboundRequest, Nothing>(kind, Handler, "AlterInbound", Nothing.Parser);

    public Method<InboundUsersRequest, InboundUsersResponse> GetInboundUsers { get; } =
        Create<InboundUsersRequest, InboundUsersResponse>(kind, Handler, "GetInboundUsers", InboundUsersResponse.Parser);

    public Method<Nothing, SystemStatsResponse> GetSystemStats { get; } =
        Create<Nothing, SystemStatsResponse>(kind, Stats, "GetSysStats", SystemStatsResponse.Parser);

    public Method<StatsRequest, StatsResponse> GetStats { get; } =
        Create<StatsRequest, StatsResponse>(kind, Stats, "GetStats", StatsResponse.Parser);

    public Method<QueryStatsRequest, CountedTraffic> QueryStats { get; } =
        Create<QueryStatsRequest, CountedTraffic>(kind, Stats, "QueryStats", CountersReader.Read);

    public Method<Nothing, OnlineUsersResponse> GetAllOnlineUsers { get; } =
        Create<Nothing, OnlineUsersResponse>(kind, Stats, "GetAllOnlineUsers", OnlineUsersResponse.Parser);

    public Method<StatsRequest, OnlineAddressesResponse> GetOnlineAddresses { get; } =
        Create<StatsRequest, OnlineAddressesResponse>(kind, Stats, "GetStatsOnlineIpList", OnlineAddressesResponse.Parser);

    /// <summary>A message inside another: its full name as text, and its bytes.</summary>
    public TypedMessage Wrap(string name, IMessage message) =>
        new() { Type = $"{kind.Namespace()}.{name}", Value = message.ToByteString() };

    private static Method<TRequest, TResponse> Create<TRequest, TResponse>(
        CoreKind kind,
        string service,
        string name,
        MessageParser<TResponse> parser
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => Create<TRequest, TResponse>(kind, service, name, parser.ParseFrom);

    private static Method<TRequest, TResponse> Create<TRequest, TResponse>(
        CoreKind kind,
        string service,
        string name,
        Func<ReadOnlySequence<byte>, TResponse> read
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class =>
        new(
            MethodType.Unary,
            $"{kind.Namespace()}.{service}",
            name,
            Marshallers.Create<TRequest>(
                static (message, context) => Write(message, context),
                static _ => throw new NotSupportedException()
            ),
            Marshallers.Create<TResponse>(
                static (_, _) => throw new NotSupportedException(),
                context => read(context.PayloadAsReadOnlySequence())
            )
        );

    private static void Write(IMessage message, SerializationContext context)
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }
}
