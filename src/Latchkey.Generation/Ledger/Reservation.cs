using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Ledger;

internal static class Reservation
{
    /// <summary>In a transaction: holds the cost of jobs, if their owner may have them. Whoever calls it saves it together with them.</summary>
    /// <param name="firstCredits">The budget of an owner who has none yet; <c>null</c> for none.</param>
    /// <returns>Why not; <c>null</c> when it is done.</returns>
    public static async Task<GenerationProblem?> TakeAsync(
        GenerationDb db,
        Owner owner,
        long? firstCredits,
        string modelId,
        IReadOnlyList<GenerationJob> jobs,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var cost = jobs.Sum(job => (long)job.Cost);
        var budget = await db.Budgets.AsNoTracking().FirstOrDefaultAsync(row => row.OwnerId == owner.Id, cancellation);

        if (budget is null && firstCredits is { } first)
            budget = await GrantAsync(db, owner.Id, first, now, cancellation);

        if (budget is not null && !budget.Allows(modelId))
            return new GenerationProblem(StatusCodes.Status403Forbidden, "This API key may not use this model").With("model", modelId);

        if (budget?.Available is { } available)
        {
            var taken = await db
                .Budgets.Where(row => row.OwnerId == owner.Id && row.Available >= cost)
                .ExecuteUpdateAsync(row => row.SetProperty(its => its.Available, its => its.Available - cost), cancellation);

            if (taken == 0)
                return Insufficient(cost, available);
        }

        db.Ledger.AddRange(jobs.Select(job => LedgerEntry.Reserve(job.OwnerId, job.Id, job.Cost, now)));

        return null;
    }

    /// <summary>Gives an owner who has none a first budget; <c>null</c> is one without a limit.</summary>
    public static async Task<GenerationBudget> GrantAsync(
        GenerationDb db,
        string ownerId,
        long? credits,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var budget = GenerationBudget.Create(ownerId, credits);
        db.Budgets.Add(budget);

        // The ledger is made to say the same: its sum is what can be spent.
        if (credits is { } granted)
        {
            var spent = await db.Ledger.Where(entry => entry.OwnerId == ownerId).SumAsync(entry => entry.Amount, cancellation);
            db.Ledger.Add(LedgerEntry.Grant(ownerId, granted - spent, now));
        }

        await db.SaveChangesAsync(cancellation);

        return budget;
    }

    private static GenerationProblem Insufficient(long required, long available) =>
        new GenerationProblem(StatusCodes.Status402PaymentRequired, "Insufficient credits")
            .With("required", required)
            .With("available", available)
            .With("message", $"This costs {required} credits, and {available} are left.");
}
