using Orleans.Concurrency;

namespace Latchkey.Video.Encoding;

/// <summary>One in the cluster: knows which videos have work, and hands it to the nodes that ask, most urgent first.</summary>
internal interface IEncodeQueueGrain : IGrainWithIntegerKey
{
    /// <summary>A video has work; a repeated offer only changes how urgent it is.</summary>
    Task OfferAsync(string videoId, OpenWork open);

    Task WithdrawAsync(string videoId);

    /// <summary>Waits for a run that a slot takes.</summary>
    /// <returns><c>null</c> when none came in a while: ask again.</returns>
    Task<EncodeRun?> PullAsync(EncodeSlot slot, CancellationToken cancellation);
}

[Reentrant]
internal sealed class EncodeQueueGrain(TimeProvider time) : Grain, IEncodeQueueGrain
{
    /// <summary>Below the time in which a grain call must answer.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Offer> _offers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task OfferAsync(string videoId, OpenWork open)
    {
        var since = _offers.TryGetValue(videoId, out var offer) ? offer.Since : time.GetUtcNow();
        _offers[videoId] = new Offer(open, since);

        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(string videoId)
    {
        _offers.Remove(videoId);
        return Task.CompletedTask;
    }

    public async Task<EncodeRun?> PullAsync(EncodeSlot slot, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(LongestWait);

        while (!patience.IsCancellationRequested)
        {
            var change = _changed.Task;

            if (await ClaimAsync(slot) is { } run)
            {
                return run;
            }

            await change
                .WaitAsync(patience.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return null;
    }

    private async Task<EncodeRun?> ClaimAsync(EncodeSlot slot)
    {
        while (MostUrgent(slot) is { } videoId)
        {
            var claim = await GrainFactory.GetGrain<IEncodingGrain>(videoId).ClaimAsync(slot);

            if (claim.Open.IsNone)
            {
                _offers.Remove(videoId);
            }
            else
            {
                // It has had its turn: of videos that are equally urgent, the next one comes.
                _offers[videoId] = new Offer(claim.Open, time.GetUtcNow());
            }

            if (claim.Run is { } run)
            {
                return run;
            }
        }

        return null;
    }

    private string? MostUrgent(EncodeSlot slot) =>
        _offers
            .Where(offer => offer.Value.Open.For(slot) is not null)
            .OrderBy(offer => offer.Value.Open.For(slot))
            .ThenBy(offer => offer.Value.Since)
            .Select(offer => offer.Key)
            .FirstOrDefault();

    private sealed record Offer(OpenWork Open, DateTimeOffset Since);
}
