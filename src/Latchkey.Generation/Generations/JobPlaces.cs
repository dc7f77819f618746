using Latchkey.Generation.Models;
using Latchkey.Generation.Providers;

namespace Latchkey.Generation.Generations;

/// <summary>Where a job may be sent now, or when to ask again.</summary>
internal sealed record JobPlace(string JobId, CatalogueRoute Route, ProviderKey Key, Admission Admission)
{
    /// <summary>More than any vendor takes for an answer; after it, whoever sent it is taken for dead.</summary>
    private static readonly TimeSpan LongestSubmit = TimeSpan.FromMinutes(6);

    /// <summary>It may be sent, once this is written in its row; a place that is not used must be left.</summary>
    public bool IsOpen => Admission.IsOpen;

    /// <summary>Says it in the row.</summary>
    public void Note(GenerationJob job, DateTimeOffset now)
    {
        if (IsOpen)
        {
            job.BeginSubmit(Route.Provider, Route.Protocol, Key.Id, now + LongestSubmit, now);
            return;
        }

        var wait = Admission.HasTurn && !job.HasTurn ? Admission.Wait : PollSchedule.AtLeast(Admission.Wait, job.Looks);
        job.WaitForTurn(now + PollSchedule.Jitter(wait), Admission.HasTurn, now);
    }
}

/// <summary>Finds jobs their places at the providers, by their routes and by what each key of a provider has room for.</summary>
internal sealed class JobPlaces(ModelRoutes routes, ProviderKeys keys, ProviderLanes lanes)
{
    /// <summary>Takes a place, if there is one.</summary>
    /// <returns><c>null</c> when no provider makes it: the catalogue or the keys have changed.</returns>
    public JobPlace? Take(GenerationJob job, GenerationOrder order, DateTimeOffset now)
    {
        if (routes.At(job, order) is not { } route || PoolOf(order, route, job.Kind) is not { Count: > 0 } pool)
            return null;

        var (key, admission) = lanes.Choose(pool, job.Id, job.HasTurn, now);
        return new(job.Id, route, key, admission);
    }

    /// <summary>The place that the row says it has.</summary>
    /// <returns><c>null</c> when the operator has removed the route or the key since.</returns>
    public JobPlace? Taken(GenerationJob job, GenerationOrder order) =>
        routes.At(job, order) is { } route
        && route.Provider == job.Provider
        && keys.For(route.Provider, job.Kind).FirstOrDefault(key => key.Id == job.KeyId) is { } key
            ? new(job.Id, route, key, new Admission(IsOpen: true, TimeSpan.Zero, HasTurn: false))
            : null;

    /// <summary>Gives back a place that came to nothing, or that in the line for one.</summary>
    public void Leave(JobPlace place)
    {
        if (place.IsOpen)
            lanes.Leave(place.Route.Provider, place.Key.Id);
        else
            lanes.Forget(place.JobId);
    }

    /// <summary>What continues a task goes to the account that made it, while the operator still has its key.</summary>
    private IReadOnlyList<ProviderKey> PoolOf(GenerationOrder order, CatalogueRoute route, MediaKind kind)
    {
        var all = keys.For(route.Provider, kind);
        var keyId = order.Text(OrderFields.SourceKey);

        return all.FirstOrDefault(key => key.Id == keyId) is { } its ? [its] : all;
    }
}
