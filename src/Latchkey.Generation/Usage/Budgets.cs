using Latchkey.Generation.Data;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Models;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Usage;

/// <summary>Budgets and the ledger say the same: the sum of an owner's entries is what can be spent.</summary>
internal sealed class Budgets(
    IDbContextFactory<GenerationDb> databases,
    ModelCatalogue catalogue,
    FirstCredits firstCredits,
    TimeProvider time
) : IBudgets
{
    public async Task<Budget> FindAsync(string ownerId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var budget = await db.Budgets.AsNoTracking().FirstOrDefaultAsync(row => row.OwnerId == ownerId, cancellation);

        return new Budget(ownerId, budget is null ? firstCredits.Of(ownerId) : budget.Available, budget?.ReadModels());
    }

    public async Task<Budget> SetAsync(string ownerId, BudgetChange change, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await using (var transaction = await db.Database.BeginTransactionAsync(cancellation))
        {
            var budget = await db.Budgets.FirstOrDefaultAsync(row => row.OwnerId == ownerId, cancellation);

            budget ??= await Reservation.GrantAsync(db, ownerId, firstCredits.Of(ownerId), time.GetUtcNow(), cancellation);

            if (change.SetsModels)
                budget.Limit(change.Models);

            if (change.SetsCredits)
            {
                var left = await db.Ledger.Where(entry => entry.OwnerId == ownerId).SumAsync(entry => entry.Amount, cancellation);

                if (change.Credits is { } credits && credits != left)
                    db.Ledger.Add(LedgerEntry.Grant(ownerId, credits - left, time.GetUtcNow()));

                budget.Allow(change.Credits);
            }

            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return await FindAsync(ownerId, cancellation);
    }

    public async Task<Budget?> AddAsync(string ownerId, long credits, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await using (var transaction = await db.Database.BeginTransactionAsync(cancellation))
        {
            if (firstCredits.Of(ownerId) is { } first && !await db.Budgets.AnyAsync(row => row.OwnerId == ownerId, cancellation))
                await Reservation.GrantAsync(db, ownerId, first, time.GetUtcNow(), cancellation);

            var changed = await db
                .Budgets.Where(row => row.OwnerId == ownerId && row.Available != null)
                .ExecuteUpdateAsync(row => row.SetProperty(its => its.Available, its => its.Available + credits), cancellation);

            if (changed == 0)
                return null;

            db.Ledger.Add(LedgerEntry.Grant(ownerId, credits, time.GetUtcNow()));
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return await FindAsync(ownerId, cancellation);
    }

    public IReadOnlyList<string> UnknownModels(IReadOnlyList<string> models) =>
        [.. models.Where(id => catalogue.Current.Models.All(model => model.Id != id))];
}
