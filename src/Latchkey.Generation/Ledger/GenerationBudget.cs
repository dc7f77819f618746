using System.Text.Json;

namespace Latchkey.Generation.Ledger;

/// <summary>
/// A row of <c>generation_budgets</c>: an owner who may not spend without limit, or not on every model. Owners without a row may.
/// </summary>
internal sealed class GenerationBudget
{
    private GenerationBudget() { }

    public string OwnerId { get; private set; } = "";

    /// <summary>Credits that can still be spent; <c>null</c> for any number. Moved by plain updates, beside the ledger's entries.</summary>
    public long? Available { get; private set; }

    /// <summary>A JSON array of model ids; <c>null</c> for all.</summary>
    public string? Models { get; private set; }

    public static GenerationBudget Create(string ownerId, long? available) => new() { OwnerId = ownerId, Available = available };

    public void Allow(long? credits) => Available = credits;

    public void Limit(IReadOnlyList<string>? models) => Models = models is null ? null : JsonSerializer.Serialize(models);

    public IReadOnlyList<string>? ReadModels() => Models is null ? null : JsonSerializer.Deserialize<List<string>>(Models);

    public bool Allows(string modelId) => ReadModels() is not { } models || models.Contains(modelId, StringComparer.Ordinal);
}
