using Latchkey.Generation.Data;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Models;
using Latchkey.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Latchkey.Generation.Usage;

/// <summary>What owners may spend, as an operator sets it; a server may run on the same data meanwhile.</summary>
public interface IBudgets
{
    Task<Budget> FindAsync(string ownerId, CancellationToken cancellation);

    Task<Budget> SetAsync(string ownerId, BudgetChange change, CancellationToken cancellation);

    /// <param name="ownerId">The id of an API key.</param>
    /// <param name="credits">At least 1.</param>
    /// <returns><c>null</c>: there is no limit to raise.</returns>
    Task<Budget?> AddAsync(string ownerId, long credits, CancellationToken cancellation);

    /// <summary>Those of the names that no model has.</summary>
    IReadOnlyList<string> UnknownModels(IReadOnlyList<string> models);
}

/// <param name="OwnerId">The id of an API key, or of a Supabase user.</param>
/// <param name="Available">Credits; <c>null</c>: without limit.</param>
/// <param name="Models">Ids; <c>null</c>: all.</param>
public sealed record Budget(string OwnerId, long? Available, IReadOnlyList<string>? Models);

/// <summary>How an owner is to be limited; <c>null</c> lifts a limit, and what is not set stays as it is.</summary>
public sealed record BudgetChange(bool SetsCredits, long? Credits, bool SetsModels, IReadOnlyList<string>? Models);

public static class BudgetServices
{
    /// <summary>The most that can be given at once.</summary>
    public const long MostCredits = 1_000_000_000;

    /// <summary>For the command line, which has the database and nothing else of the module.</summary>
    public static void AddBudgets(this IServiceCollection services)
    {
        services.AddModuleDb<GenerationDb>(GenerationModule.Prefix);
        services.TryAddSingleton<ModelCatalogue>();
        services.TryAddSingleton<FirstCredits>();
        services.AddSingleton<IBudgets, Budgets>();
    }
}
