using System.Collections.Concurrent;
using Latchkey.Generation.Models;

namespace Latchkey.Generation.Providers;

/// <summary>One lane for each key of each provider: how fast, how many at once, and whether at all just now. In memory, for this node.</summary>
/// <param name="wake">Told of a job for which a place has become free.</param>
internal sealed class ProviderLanes(ModelCatalogue catalogue, Action<string> wake)
{
    private readonly ConcurrentDictionary<(string Provider, string KeyId), ProviderLane> _lanes = [];

    /// <summary>The key that can be used first, and when; of several the one with the least to do.</summary>
    /// <param name="hasTurn">A token of the rate was taken before.</param>
    public (ProviderKey Key, Admission Admission) Choose(IReadOnlyList<ProviderKey> keys, string jobId, bool hasTurn, DateTimeOffset now)
    {
        var key = keys.Count == 1 ? keys[0] : keys.MinBy(key => (Lane(key).ReadyIn(now), Lane(key).Inside))!;

        var admission = Lane(key).Enter(jobId, hasTurn, now);

        if (admission.IsOpen)
            Forget(jobId);
        else if (admission.IsInLine)
            StandInLine(keys, jobId);

        return (key, admission);
    }

    /// <summary>Asks the provider about a task, in its turn.</summary>
    public Task<T> LookAsync<T>(ProviderKey key, Func<Task<T>> ask, CancellationToken cancellation) =>
        Lane(key).LookAsync(ask, cancellation);

    /// <summary>Gives a place back, and tells who waits for it.</summary>
    public void Leave(string provider, string keyId)
    {
        if (Lane(provider, keyId).Leave() is not { } next)
            return;

        // Whoever is told here must not be told at another key as well, in the place of who stands behind it there.
        Forget(next);
        wake(next);
    }

    /// <summary>The job waits no longer.</summary>
    public void Forget(string jobId)
    {
        foreach (var lane in _lanes.Values)
            lane.Forget(jobId);
    }

    public void Report(ProviderKey key, bool isHealthy, DateTimeOffset now) => Lane(key).Report(isHealthy, now);

    /// <summary>What the rows say is at the providers: after a start, and against drift.</summary>
    public void Recount(IReadOnlyDictionary<(string Provider, string KeyId), int> counts)
    {
        foreach (var (name, lane) in _lanes)
            lane.Recount(counts.GetValueOrDefault(name));

        foreach (var ((provider, keyId), count) in counts)
            Lane(provider, keyId).Recount(count);
    }

    /// <summary>A job that several keys could send takes the first place that is left at any of them.</summary>
    private void StandInLine(IReadOnlyList<ProviderKey> keys, string jobId)
    {
        foreach (var key in keys)
            Lane(key).StandInLine(jobId);
    }

    private ProviderLane Lane(ProviderKey key) => Lane(key.Provider, key.Id);

    private ProviderLane Lane(string provider, string keyId) =>
        _lanes.GetOrAdd((provider, keyId), name => new ProviderLane(() => catalogue.Current.Providers[name.Provider]));
}
