using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Ledger;

internal static class Reservation
{
    /// <summary>Inserts the jobs and holds their cost, or does neither.</summary>
    /// <returns>Why not; <c>null</c> when it is done.</returns>
    public static async Task<GenerationProblem?> TakeAsync(
        GenerationDb db,
        Owner owner,
        string modelId,
        IReadOnlyList<GenerationJob> jobs,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var cost = jobs.Sum(job => (long)job.Cost);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var budget = await db.Budgets.AsNoTracking().FirstOrDefaultAsync(row => row.OwnerId == owner.Id, cancellation);

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

        db.Jobs.AddRange(jobs);
        db.Ledger.AddRange(jobs.Select(job => LedgerEntry.Reserve(job.OwnerId, job.Id, job.Cost, now)));
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);

        return null;
    }

    private static GenerationProblem Insufficient(long required, long available) =>
        new GenerationProblem(StatusCodes.Status402PaymentRequired, "Insufficient credits")
            .With("required", required)
            .With("available", available)
            .With("message", $"This costs {required} credits, and {available} are left.");
}
