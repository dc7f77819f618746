using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Providers;
using Latchkey.Generation.Publishing;
using Latchkey.Platform.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// Makes Supabase equal to a generation as it is now: its files first, then its row, which names them. Every step can be done twice, and what
/// fails is tried again until it is done.
/// </summary>
internal sealed partial class MirrorPass(
    IDbContextFactory<GenerationDb> databases,
    IFileStore files,
    OutputStore outputs,
    SupabaseProject project,
    SupabaseStorage storage,
    SupabaseRows rows,
    VideoPublishing publishing,
    TimeProvider time,
    ILogger<MirrorPass> logger
)
{
    private const string AwaitsPublishing = "awaits_publishing";
    private const string AwaitsPreview = "awaits_preview";
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>A request that was given up may still arrive, and bring a deleted row back: it is taken away again.</summary>
    private static readonly TimeSpan UntilSecondRemoval = TimeSpan.FromMinutes(10);

    public async Task RunAsync(string groupId, CancellationToken cancellation)
    {
        while (await FindAsync(groupId, cancellation) is { } mirror && mirror.DueAt <= time.GetUtcNow())
        {
            // After the revision: what is told of a revision is never older than it.
            var (jobs, made) = await ReadAsync(groupId, cancellation);

            if (jobs[0].DeletedAt is not null)
                await RemoveAsync(mirror, jobs, made, cancellation);
            else
                await CarryAsync(mirror, jobs, made, cancellation);
        }
    }

    private async Task CarryAsync(
        GenerationMirror mirror,
        List<GenerationJob> jobs,
        List<GenerationOutput> made,
        CancellationToken cancellation
    )
    {
        var waiting = made.Where(output => output.StoragePath is null).ToList();
        var problem = await MoveAllAsync(jobs, waiting, cancellation);

        // Files that were carried over count as a change: the row is told with their paths.
        if (waiting.Count > 0 && problem is null)
            return;

        // Of finished variants only: another may be storing its files just now.
        foreach (var jobId in made.Where(_ => waiting.Count == 0).Select(output => output.JobId).Distinct(StringComparer.Ordinal))
            await outputs.DeleteAsync(jobId, cancellation);

        if (mirror.Told < mirror.Revision)
        {
            var rowProblem = await rows.PutAsync(GenerationRow.From(jobs, made, mirror.Revision, project), cancellation);
            problem = rowProblem ?? problem;

            if (rowProblem is null)
                await TellAsync(mirror, cancellation);
        }

        if (problem is null)
            await WaitAsync(mirror, null, 0, cancellation);
        else
            await TryAgainAsync(mirror, problem, cancellation);
    }

    private async Task<string?> MoveAllAsync(List<GenerationJob> jobs, List<GenerationOutput> waiting, CancellationToken cancellation)
    {
        foreach (var output in waiting)
        {
            var job = jobs.Find(its => its.Id == output.JobId)!;

            // The Video module reads the local file.
            if (publishing.IsAwaited(job))
                return AwaitsPublishing;

            if (output.PreviewState == PreviewState.Processing)
                return AwaitsPreview;

            if (await MoveAsync(job, output, cancellation) is { } problem)
                return problem;
        }

        return null;
    }

    private async Task<string?> MoveAsync(GenerationJob job, GenerationOutput output, CancellationToken cancellation)
    {
        var path = StoragePaths.Of(job.OwnerId, output.IsClip, job.Id, output.Index, output.FileKey);
        var posterPath = output.PosterKey is null ? null : StoragePaths.OfPoster(job.OwnerId, job.Id, output.Index);
        var previewPath = output.PreviewKey is null ? null : StoragePaths.OfPreview(job.OwnerId, output.IsClip, job.Id, output.Index);

        if (await UploadAsync(output.FileKey, path, output.ContentType, cancellation) is { } problem)
            return problem;

        if (posterPath is not null && await UploadAsync(output.PosterKey!, posterPath, "image/jpeg", cancellation) is { } posterProblem)
            return posterProblem;

        if (
            previewPath is not null
            && await UploadAsync(output.PreviewKey!, previewPath, output.IsClip ? "video/mp4" : "image/webp", cancellation)
                is { } previewProblem
        )
            return previewProblem;

        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db
            .Outputs.Where(row => row.JobId == job.Id && row.Index == output.Index)
            .ExecuteUpdateAsync(
                row =>
                    row.SetProperty(its => its.StoragePath, path)
                        .SetProperty(its => its.PosterPath, posterPath)
                        .SetProperty(its => its.PreviewPath, previewPath),
                cancellation
            );
        await GenerationMirror.NoteAsync(db, job.GroupId, time.GetUtcNow(), cancellation);
        await transaction.CommitAsync(cancellation);

        return null;
    }

    private async Task<string?> UploadAsync(string fileKey, string path, string contentType, CancellationToken cancellation) =>
        await files.FindAsync(fileKey, cancellation) is { } file
            ? await storage.UploadAsync(path, new StoredFileContent(files, file, contentType), cancellation)
            : "file_lost";

    private async Task RemoveAsync(
        GenerationMirror mirror,
        List<GenerationJob> jobs,
        List<GenerationOutput> made,
        CancellationToken cancellation
    )
    {
        // By their names, and not by what is written of them: one may have been on its way when its generation was deleted.
        var owner = jobs[0].OwnerId;
        var paths = made.SelectMany(output =>
                new[]
                {
                    StoragePaths.Of(owner, output.IsClip, output.JobId, output.Index, output.FileKey),
                    StoragePaths.OfPoster(owner, output.JobId, output.Index),
                    StoragePaths.OfPreview(owner, output.IsClip, output.JobId, output.Index),
                }
            )
            .ToList();
        var problem = await storage.RemoveAsync(paths, cancellation) ?? await rows.RemoveAsync(mirror.GroupId, cancellation);

        if (problem is not null)
        {
            await TryAgainAsync(mirror, problem, cancellation);
        }
        else if (mirror.Told < mirror.Revision)
        {
            await TellAsync(mirror, cancellation);
            await WaitAsync(mirror, time.GetUtcNow() + UntilSecondRemoval, 0, cancellation);
        }
        else
        {
            await ForgetAsync(mirror, cancellation);
        }
    }

    private async Task ForgetAsync(GenerationMirror mirror, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db
            .Outputs.Where(output => db.Jobs.Any(job => job.GroupId == mirror.GroupId && job.Id == output.JobId))
            .ExecuteDeleteAsync(cancellation);
        await db.Mirrors.Where(row => row.GroupId == mirror.GroupId).ExecuteDeleteAsync(cancellation);
    }

    private async Task TellAsync(GenerationMirror mirror, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db
            .Mirrors.Where(row => row.GroupId == mirror.GroupId && row.Told < mirror.Revision)
            .ExecuteUpdateAsync(row => row.SetProperty(its => its.Told, mirror.Revision), cancellation);
    }

    private Task TryAgainAsync(GenerationMirror mirror, string problem, CancellationToken cancellation)
    {
        if (problem is not (AwaitsPublishing or AwaitsPreview))
            Log.NotTold(logger, mirror.Attempts == 0 ? LogLevel.Warning : LogLevel.Information, mirror.GroupId, problem);

        var wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, mirror.Attempts + 1), LongestWait.TotalSeconds));
        return WaitAsync(mirror, time.GetUtcNow() + PollSchedule.Jitter(wait), mirror.Attempts + 1, cancellation);
    }

    /// <summary>Unless it has changed meanwhile: then it stays due.</summary>
    private async Task WaitAsync(GenerationMirror mirror, DateTimeOffset? until, int attempts, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await db
            .Mirrors.Where(row => row.GroupId == mirror.GroupId && row.Revision == mirror.Revision)
            .ExecuteUpdateAsync(row => row.SetProperty(its => its.DueAt, until).SetProperty(its => its.Attempts, attempts), cancellation);
    }

    private async Task<GenerationMirror?> FindAsync(string groupId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Mirrors.AsNoTracking().FirstOrDefaultAsync(mirror => mirror.GroupId == groupId, cancellation);
    }

    private async Task<(List<GenerationJob> Jobs, List<GenerationOutput> Outputs)> ReadAsync(string groupId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var jobs = await db.Jobs.AsNoTracking().Where(job => job.GroupId == groupId).OrderBy(job => job.Number).ToListAsync(cancellation);
        var made = await db
            .Outputs.AsNoTracking()
            .Where(output => db.Jobs.Any(job => job.GroupId == groupId && job.Id == output.JobId))
            .ToListAsync(cancellation);

        return (jobs, [.. made.OrderBy(output => jobs.FindIndex(job => job.Id == output.JobId)).ThenBy(output => output.Index)]);
    }

    private static partial class Log
    {
        [LoggerMessage("Supabase could not be told about generation {GroupId} ({Problem}); it is tried again")]
        public static partial void NotTold(ILogger logger, LogLevel level, string groupId, string problem);
    }
}
