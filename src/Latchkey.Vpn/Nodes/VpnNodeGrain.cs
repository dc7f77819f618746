using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Latchkey.Vpn.Nodes;

internal sealed partial class VpnNodeGrain(
    VpnNodes nodes,
    CoreSchedule schedule,
    NodeKinds kinds,
    LatchkeySettings settings,
    IDbContextFactory<VpnDb> databases,
    TrafficWriter writer,
    TimeProvider time,
    ILogger<VpnNodeGrain> logger
) : Grain, IVpnNodeGrain, IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private VpnNode _node = null!;
    private CoreConnection _connection = null!;
    private UserFile _file = null!;
    private NodeUsers _users = null!;
    private NodeTraffic _traffic = null!;
    private Task _round = Task.CompletedTask;
    private string? _failure;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _node = nodes[this.GetPrimaryKeyString()];
        _connection = new CoreConnection(_node, databases);

        _file = new UserFile(_node, settings.Boolean(CoreSettings.WritesUsers) ? _node.Configuration : null, kinds, databases, time);
        _users = new NodeUsers(_node, _connection, new UserReconciler(_node, databases, time), _file, time, logger);
        _traffic = new NodeTraffic(_node, _connection, databases, writer, schedule, time);

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();

        try
        {
            await _round.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It had its time; the next activation looks at everything again.
        }
    }

    public Task WakeAsync()
    {
        if (_round.IsCompleted)
            _round = Task.Run(() => LookAfterAsync(_ending.Token));

        return Task.CompletedTask;
    }

    public Task<bool> ApplyAsync(long[] keyIds) => _users.ApplyAsync(keyIds, _ending.Token);

    public Task<string?> SyncTrafficAsync() => AnswerAsync(() => _traffic.ReadAllAsync(_ending.Token));

    public Task RefreshTrafficAsync(long keyId, string email, bool toTheLastByte) =>
        AnswerAsync(() => _traffic.RefreshAsync(keyId, email, toTheLastByte, _ending.Token));

    public async Task<OnlineKey[]?> ListOnlineAsync(string[]? emails)
    {
        OnlineKey[]? online = null;

        return _connection.Run is { } run && await AnswerAsync(() => AskAsync(run.Core)) is null ? online : null;

        async Task AskAsync(CoreClient core) =>
            online = emails is null
                ? await OnlineKeys.ListAsync(core, _ending.Token)
                : await OnlineKeys.ListAsync(core, emails, _ending.Token);
    }

    public Task<NodeStatus> GetStatusAsync() =>
        Task.FromResult(new NodeStatus(_connection.Run is not null, _connection.Run?.Core.Kind.ToString(), _users.Count, _failure));

    public void Dispose()
    {
        _connection?.Dispose();
        _users?.Dispose();
        _traffic?.Dispose();
        _ending.Dispose();
    }

    /// <summary>One round. What fails in it is tried again in the next.</summary>
    private async Task LookAfterAsync(CancellationToken cancellation)
    {
        var agrees = false;
        var failures = new[]
        {
            await TryAsync(LookAfterUsersAsync, cancellation),
            await TryAsync(_traffic.ReadAllIfDueAsync, cancellation),
            // The file is there for the core's next start, whether it runs now or not.
            await TryAsync(stop => _file.WriteIfDueAsync(agrees, stop), cancellation),
        };

        async Task LookAfterUsersAsync(CancellationToken stop)
        {
            await _users.LookAfterAsync(stop);
            agrees = true;
        }

        Say(Array.Find(failures, failure => failure is not null));
    }

    private async Task<string?> TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        try
        {
            await work(cancellation);
        }
        catch (CoreException failure)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception failure)
        {
            Log.RoundFailed(logger, _node.Name, failure);
        }

        return null;
    }

    /// <summary>Once for each thing that goes wrong, not once a round.</summary>
    private void Say(string? failure)
    {
        if (failure == _failure)
            return;

        _failure = failure;

        if (failure is null)
            Log.WorksAgain(logger, _node.Name);
        else
            Log.DoesNotWork(logger, _node.Name, _node.Api.Text, failure);
    }

    private static async Task<string?> AnswerAsync(Func<Task> work)
    {
        try
        {
            await work();

            return null;
        }
        catch (CoreException failure)
        {
            return failure.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "The core {Node} at {Address} is not as it should be, and is tried again: {Failure}"
        )]
        public static partial void DoesNotWork(ILogger logger, string node, string address, string failure);

        [LoggerMessage(Level = LogLevel.Information, Message = "The core {Node} works again")]
        public static partial void WorksAgain(ILogger logger, string node);

        [LoggerMessage(Level = LogLevel.Error, Message = "Looking after the core {Node} failed; it is tried again")]
        public static partial void RoundFailed(ILogger logger, string node, Exception failure);
    }
}
