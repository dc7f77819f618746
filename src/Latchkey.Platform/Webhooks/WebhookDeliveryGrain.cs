using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;

namespace Latchkey.Platform.Webhooks;

/// <summary>Delivers the messages of one endpoint; a slow endpoint holds up nobody else. Key: <c>module/endpoint</c>.</summary>
internal interface IWebhookDeliveryGrain : IGrainWithStringKey
{
    /// <summary>Starts on what is due and returns.</summary>
    [OneWay]
    Task WakeAsync();
}

internal sealed partial class WebhookDeliveryGrain(
    IDbContextFactory<PlatformDb> databases,
    WebhookPost post,
    TimeProvider time,
    ILogger<WebhookDeliveryGrain> logger
) : Grain, IWebhookDeliveryGrain, IDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private Task _run = Task.CompletedTask;
    private bool _isWoken;

    public static string KeyOf(string module, string endpointId) => $"{module}/{endpointId}";

    public Task WakeAsync()
    {
        _isWoken = true;

        // Beside the grain's turns, on its own scheduler: no two run at once.
        if (_run.IsCompleted)
            _run = RunAsync(_ending.Token);

        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        await _run;
    }

    public void Dispose() => _ending.Dispose();

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (_isWoken)
            {
                _isWoken = false;

                while (await DeliverNextAsync(cancellation))
                    DelayDeactivation(TimeSpan.FromMinutes(1));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops; the row is still due.
        }
        catch (Exception failure)
        {
            Log.Stopped(logger, this.GetPrimaryKeyString(), failure);
        }
    }

    /// <returns>Whether there was one.</returns>
    private async Task<bool> DeliverNextAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        if (await FindNextAsync(db, cancellation) is not { } message)
            return false;

        if (message.NextAttemptAt - time.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellation);

        var attempt = await post.SendAsync(message, cancellation);
        var now = time.GetUtcNow();

        if (attempt.Reason is null)
            message.Succeed(now);
        else
            message.Fail(attempt.Reason, now);

        db.Add(attempt);

        try
        {
            // What was sent stays sent, also when the node is about to stop.
            await db.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Deleted, or moved by another activation of this grain: read again.
            return true;
        }

        if (message.State == OutboxState.Failed)
            Log.GivenUp(logger, message.EventType, this.GetPrimaryKeyString(), attempt.Reason!, message.Attempts);

        return true;
    }

    /// <summary>
    /// The oldest that is due now or at a quick retry, so that quick retries keep the order; one that waits longer is overtaken.
    /// </summary>
    private Task<OutboxMessage?> FindNextAsync(PlatformDb db, CancellationToken cancellation)
    {
        var key = this.GetPrimaryKeyString();
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var (module, endpointId, horizon) = (key[..slash], key[(slash + 1)..], time.GetUtcNow() + RetrySchedule.Quick);

        return db
            .Outbox.Where(row => row.State == OutboxState.Pending && row.Module == module && row.EndpointId == endpointId)
            .Where(row => row.NextAttemptAt <= horizon)
            .OrderBy(row => row.Id)
            .FirstOrDefaultAsync(cancellation);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Webhook {EventType} to {Endpoint} is given up after {Attempts} attempts: {Reason}")]
        public static partial void GivenUp(ILogger logger, string eventType, string endpoint, string reason, int attempts);

        [LoggerMessage(LogLevel.Error, "Delivery of webhooks to {Endpoint} stopped; the sweep starts it again")]
        public static partial void Stopped(ILogger logger, string endpoint, Exception failure);
    }
}
