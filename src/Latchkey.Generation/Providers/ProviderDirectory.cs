using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers;

/// <summary>Finds the provider of a job, and says of a job what its provider needs to know.</summary>
internal sealed class ProviderDirectory(IEnumerable<IProvider> providers, ProviderKeys keys, CallbackAddresses callbacks)
{
    private readonly Dictionary<string, IProvider> _byName = providers.ToDictionary(provider => provider.Name, StringComparer.Ordinal);

    public IProvider Of(GenerationJob job) => _byName[job.Provider];

    public ProviderTask TaskOf(GenerationJob job) =>
        new(
            job.Id,
            job.Kind,
            job.Protocol,
            job.TaskId,
            keys.Find(job.Provider, job.Kind, job.KeyId) ?? new ProviderKey(job.Provider, job.KeyId ?? "", ""),
            job.SubmittedAt ?? job.CreatedAt,
            callbacks.For(job.Provider, job.CallbackToken) is not null,
            job.ReadOrder()
        );
}
