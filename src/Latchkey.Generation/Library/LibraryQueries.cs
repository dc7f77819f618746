using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Library;

/// <summary>Which generations are wanted; <c>null</c> means any.</summary>
internal sealed record LibraryFilter(MediaKind? Kind, JobState[]? States, bool FavoritesOnly, string? ModelId);

/// <summary>An owner's generations, newest first.</summary>
internal sealed class LibraryQueries(IDbContextFactory<GenerationDb> databases, OutputLinks links)
{
    public static readonly JobState[] AllButFailed = [.. Enum.GetValues<JobState>().Except([JobState.Failed, JobState.Overdue])];

    public async Task<LibraryResponse> ListAsync(
        Owner owner,
        LibraryFilter filter,
        int limit,
        int offset,
        string baseUrl,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var query = db.Jobs.AsNoTracking().Where(job => job.OwnerId == owner.Id && job.Number == 0 && job.DeletedAt == null);

        if (filter.Kind is { } kind)
            query = query.Where(job => job.Kind == kind);

        // A failed first variant does not hide what came of the others.
        if (filter.States is { } states)
            query = query.Where(job => db.Jobs.Any(variant => variant.GroupId == job.Id && states.Contains(variant.State)));

        if (filter.FavoritesOnly)
            query = query.Where(job => job.IsFavorite);

        if (filter.ModelId is { } modelId)
            query = query.Where(job => job.ModelId == modelId);

        var firsts = await query
            .OrderByDescending(job => job.CreatedAt)
            .ThenByDescending(job => job.Id)
            .Skip(offset)
            .Take(limit + 1)
            .Select(job => job.Id)
            .ToListAsync(cancellation);
        var shown = firsts.Take(limit).ToList();
        var jobs = await db.Jobs.AsNoTracking().Where(job => shown.Contains(job.GroupId)).ToListAsync(cancellation);
        var ids = jobs.ConvertAll(job => job.Id);
        var outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);
        var urls = await links.ForAsync(outputs, baseUrl, cancellation);
        var items = shown
            .Select(id => jobs.Where(job => job.GroupId == id).OrderBy(job => job.Number).ToList())
            .Select(group => LibraryItem.From(group, outputs, urls))
            .ToList();

        return new LibraryResponse(items, items.Count, new LibraryMeta(limit, offset, firsts.Count > limit));
    }
}
