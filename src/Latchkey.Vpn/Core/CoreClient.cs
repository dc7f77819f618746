using Grpc.Core;
using Grpc.Net.Client;
using Latchkey.Vpn.Core.Protocol;

namespace Latchkey.Vpn.Core;

/// <summary>
/// Speaks to one running core over gRPC. The core's API has no status codes of its own: that a user is there already, or is not, stands
/// only in the text of the error.
/// </summary>
/// <exception cref="CoreException">Of every call: the core does not answer in time, or refuses.</exception>
internal sealed class CoreClient : IDisposable
{
    // A hundred bytes a user: the default of 4 MB ends at 40,000 users.
    private const int MostBytes = 256 * 1024 * 1024;

    private const string UserCounters = "user>>>";
    private const string TrafficCounter = ">>>traffic>>>";
    private const string OnlineCounter = ">>>online";

    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestList = TimeSpan.FromSeconds(60);

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _calls;
    private readonly CoreMethods _methods;
    private readonly string _inbound;
    private readonly Connections _connections;

    private CoreClient(GrpcChannel channel, CoreKind kind, string inbound, Connections connections)
    {
        _connections = connections;
        _channel = channel;
        _calls = channel.CreateCallInvoker();
        _methods = new CoreMethods(kind);
        _inbound = inbound;
        Kind = kind;
    }

    public CoreKind Kind { get; }

    /// <param name="kind">What the core is; <c>null</c> asks it.</param>
    /// <param name="inbound">The tag of the inbound that the users belong to.</param>
    public static async Task<CoreClient> ConnectAsync(CoreAddress address, CoreKind? kind, string inbound, CancellationToken cancellation)
    {
        var connections = new Connections();
        var channel = GrpcChannel.ForAddress(
            address.Url,
            new GrpcChannelOptions
            {
                HttpHandler = address.CreateHandler(connections.Add),
                DisposeHttpClient = true,
                MaxReceiveMessageSize = MostBytes,
                // Who waits for the core knows how long; a call is not repeated behind their back.
                MaxRetryAttempts = 1,
            }
        );

        try
        {
            var client = new CoreClient(channel, kind ?? await FindKindAsync(channel, cancellation), inbound, connections);
            await client.ReadVitalsAsync(cancellation);

            return client;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    public async Task<CoreVitals> ReadVitalsAsync(CancellationToken cancellation)
    {
        var stats = await CallAsync(_methods.GetSystemStats, new Nothing(), LongestCall, cancellation);

        return new CoreVitals(TimeSpan.FromSeconds(stats.Uptime), stats.TotalAlloc, _connections.Count);
    }

    /// <summary>A user who is there already is left as they are.</summary>
    public Task AddUserAsync(CoreUser user, CancellationToken cancellation) =>
        AlterAsync(
            _methods.Wrap(
                "app.proxyman.command.AddUserOperation",
                new AddUserOperation
                {
                    User = new User
                    {
                        Email = user.Email,
                        Account = _methods.Wrap("proxy.vless.Account", new VlessAccount { Id = user.Uuid, Flow = user.Flow }),
                    },
                }
            ),
            "already exists",
            cancellation
        );

    /// <summary>A user who is not there is removed already. What they have open goes on until they close it.</summary>
    public Task RemoveUserAsync(string email, CancellationToken cancellation) =>
        AlterAsync(
            _methods.Wrap("app.proxyman.command.RemoveUserOperation", new RemoveUserOperation { Email = email }),
            "not found",
            cancellation
        );

    /// <summary>All users of the inbound; <c>null</c> when this core cannot list them.</summary>
    public async Task<IReadOnlyList<CoreUser>?> ListUsersAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = await CallAsync(_methods.GetInboundUsers, new InboundUsersRequest { Tag = _inbound }, LongestList, cancellation);
            var users = new List<CoreUser>(answer.Users.Count);

            foreach (var user in answer.Users)
            {
                var account = VlessAccount.Parser.ParseFrom(user.Account?.Value ?? Google.Protobuf.ByteString.Empty);
                users.Add(new CoreUser(user.Email, account.Id, account.Flow));
            }

            return users;
        }
        catch (CoreException failure) when (failure.InnerException is RpcException { StatusCode: StatusCode.Unimplemented })
        {
            return null;
        }
    }

    /// <summary>What the core counted of each of our keys since it started, in one call; keys that were never used are left out.</summary>
    public async Task<Dictionary<long, UserCounters>> ReadTrafficAsync(CancellationToken cancellation) =>
        (await CallAsync(_methods.QueryStats, new QueryStatsRequest { Pattern = UserCounters }, LongestList, cancellation)).ByKey;

    /// <summary>The same for one key; <c>null</c> when it was never used.</summary>
    public async Task<UserCounters?> ReadTrafficAsync(string email, CancellationToken cancellation)
    {
        var up = ReadCounterAsync(email, "uplink", cancellation);
        var down = ReadCounterAsync(email, "downlink", cancellation);
        var (upload, download) = (await up, await down);

        return upload is null && download is null ? null : new UserCounters(upload ?? 0, download ?? 0);
    }

    /// <summary>The e-mails of those who are connected now; <c>null</c> when this core does not tell.</summary>
    public async Task<IReadOnlyList<string>?> ListOnlineAsync(CancellationToken cancellation)
    {
        try
        {
            var answer = await CallAsync(_methods.GetAllOnlineUsers, new Nothing(), LongestList, cancellation);

            return [.. answer.Users.Select(EmailOf)];
        }
        catch (CoreException failure) when (failure.InnerException is RpcException { StatusCode: StatusCode.Unimplemented })
        {
            return null;
        }
    }

    /// <summary>The addresses from which a user is connected, maybe none; <c>null</c> when this core does not tell.</summary>
    public async Task<IReadOnlyCollection<string>?> ListAddressesAsync(string email, CancellationToken cancellation)
    {
        try
        {
            var request = new StatsRequest { Name = UserCounters + email + OnlineCounter };

            return (await CallAsync(_methods.GetOnlineAddresses, request, LongestCall, cancellation)).Addresses.Keys.ToList();
        }
        catch (CoreException failure) when (failure.InnerException is RpcException { StatusCode: StatusCode.Unimplemented })
        {
            return null;
        }
        catch (CoreException failure) when (!failure.IsUnreachable)
        {
            // There is no counter of a user who has never been there.
            return [];
        }
    }

    public void Dispose() => _channel.Dispose();

    private static async Task<CoreKind> FindKindAsync(GrpcChannel channel, CancellationToken cancellation)
    {
        foreach (var kind in Enum.GetValues<CoreKind>())
        {
            try
            {
                await CallAsync(
                    channel.CreateCallInvoker(),
                    new CoreMethods(kind).GetSystemStats,
                    new Nothing(),
                    LongestCall,
                    cancellation
                );

                return kind;
            }
            catch (CoreException failure) when (failure.InnerException is RpcException { StatusCode: StatusCode.Unimplemented })
            {
                // It is the other one.
            }
        }

        throw new CoreException("The address of the core's API is answered by something that is no core, or lacks the StatsService.");
    }

    private async Task AlterAsync(TypedMessage operation, string harmless, CancellationToken cancellation)
    {
        try
        {
            await CallAsync(
                _methods.AlterInbound,
                new AlterInboundRequest { Tag = _inbound, Operation = operation },
                LongestCall,
                cancellation
            );
        }
        catch (CoreException failure) when (IsAboutUser(failure, harmless))
        {
            // It is as it should be.
        }
    }

    /// <summary>An inbound that is not there is "not found" too, and that is no success.</summary>
    private static bool IsAboutUser(CoreException failure, string text) =>
        failure.Message.Contains(text, StringComparison.OrdinalIgnoreCase)
        && !failure.Message.Contains("handler not found", StringComparison.OrdinalIgnoreCase);

    private async Task<long?> ReadCounterAsync(string email, string direction, CancellationToken cancellation)
    {
        try
        {
            var request = new StatsRequest { Name = UserCounters + email + TrafficCounter + direction };

            return (await CallAsync(_methods.GetStats, request, LongestCall, cancellation)).Stat?.Value;
        }
        catch (CoreException failure) when (!failure.IsUnreachable)
        {
            // A counter begins with the first byte: there is none yet.
            return null;
        }
    }

    /// <summary>Some versions give the e-mail, some the whole name of the counter.</summary>
    private static string EmailOf(string user) =>
        user.StartsWith(UserCounters, StringComparison.Ordinal)
            ? user[UserCounters.Length..].Replace(OnlineCounter, "", StringComparison.Ordinal)
            : user;

    private Task<TResponse> CallAsync<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        TRequest request,
        TimeSpan longest,
        CancellationToken cancellation
    )
        where TRequest : class
        where TResponse : class => CallAsync(_calls, method, request, longest, cancellation);

    private static async Task<TResponse> CallAsync<TRequest, TResponse>(
        CallInvoker calls,
        Method<TRequest, TResponse> method,
        TRequest request,
        TimeSpan longest,
        CancellationToken cancellation
    )
        where TRequest : class
        where TResponse : class
    {
        try
        {
            // gRPC deadlines are points in the machine's own time, whatever clock the rest of us has.
            var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + longest;
            using var call = calls.AsyncUnaryCall(
                method,
                null,
                new CallOptions(deadline: deadline, cancellationToken: cancellation),
                request
            );

            return await call.ResponseAsync;
        }
        catch (RpcException failure) when (!cancellation.IsCancellationRequested)
        {
            throw CoreException.From(failure);
        }
        catch (ObjectDisposedException failure)
        {
            throw CoreException.Unreachable(failure);
        }
        catch (RpcException failure)
        {
            throw new OperationCanceledException(failure.Message, failure, cancellation);
        }
    }

    private sealed class Connections
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
