using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Uploads;

/// <summary>Makes up for processes that died: goes on with imports, ends uploads whose last piece is there, removes files no row speaks of.</summary>
internal sealed partial class UploadSweep(
    VideoDb db,
    OpenUploads uploads,
    SourceCompletion completion,
    ISourceImports imports,
    IEncodingStarter encoding,
    IFileStore files,
    TimeProvider time,
    ILogger<UploadSweep> logger
)
{
    private const int AtOnce = 100;

    /// <summary>Where the files of a request of another node may lie without a row for so long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    public async Task ContinueImportsAsync(CancellationToken cancellation)
    {
        var importing = await db
            .Sources.Where(source => source.State == SourceState.Importing)
            .OrderBy(source => source.UpdatedAt)
            .Select(source => source.Id)
            .Take(AtOnce)
            .ToListAsync(cancellation);

        foreach (var sourceId in importing)
            await imports.StartAsync(sourceId);
    }

    /// <summary>A process that died between the row of the last piece and the end of the upload left it like this.</summary>
    public async Task FinishUploadsAsync(CancellationToken cancellation)
    {
        var videoIds = await db
            .Sources.Where(source => source.State == SourceState.Uploading)
            .Where(source =>
                source.Mode == SourceMode.Parts
                    ? db.Parts.Count(part => part.SourceId == source.Id) == source.TotalParts
                    : db.Parts.Where(part => part.SourceId == source.Id).Sum(part => part.Size) == source.TotalBytes
            )
            .OrderBy(source => source.UpdatedAt)
            .Select(source => source.VideoId)
            .Take(AtOnce)
            .ToListAsync(cancellation);

        foreach (var videoId in videoIds)
            await FinishAsync(videoId, cancellation);
    }

    /// <summary>What requests that died left in the store.</summary>
    public async Task RemoveLeftoversAsync(CancellationToken cancellation)
    {
        var bySource = new Dictionary<string, List<string>>(StringComparer.Ordinal);

        await foreach (var key in files.ListAsync(SourceFiles.Root, cancellation))
        {
            var sourceId = SourceFiles.SourceIdOf(key);

            if (!bySource.TryGetValue(sourceId, out var keys))
                bySource[sourceId] = keys = [];

            keys.Add(key);
        }

        foreach (var (sourceId, keys) in bySource)
            await RemoveLeftoversAsync(sourceId, keys, cancellation);
    }

    private async Task FinishAsync(string videoId, CancellationToken cancellation)
    {
        db.ChangeTracker.Clear();

        await using var lease = await uploads.JoinAsync(db, videoId, cancellation);
        await lease.Upload.Turn.WaitAsync(cancellation);

        try
        {
            var source = await db
                .Sources.Include(source => source.Parts)
                .SingleOrDefaultAsync(source => source.VideoId == videoId && source.State == SourceState.Uploading, cancellation);

            var video = await db.Videos.SingleOrDefaultAsync(video => video.Id == videoId && video.DiscardedAt == null, cancellation);

            if (source is null || video is null || !SourceCompletion.IsDue(source))
                return;

            await completion.ArrangeAsync(db, lease.Upload, source, null, CancellationToken.None);
            await completion.FinishAsync(db, lease.Upload, video, source, null, CancellationToken.None);
        }
        finally
        {
            lease.Upload.Turn.Release();
        }

        await encoding.StartAsync(videoId, cancellation);
        Log.Finished(logger, videoId);
    }

    private async Task RemoveLeftoversAsync(string sourceId, List<string> keys, CancellationToken cancellation)
    {
        if (uploads.IsActive(sourceId))
            return;

        var isKnown = await db.Sources.AnyAsync(source => source.Id == sourceId, cancellation);

        var kept = await db
            .Parts.Where(part => part.SourceId == sourceId && part.AsideKey != null)
            .Select(part => part.AsideKey!)
            .ToListAsync(cancellation);

        if (isKnown)
            kept.Add(SourceFiles.Key(sourceId));

        foreach (var key in keys.Except(kept, StringComparer.Ordinal))
        {
            // Looked at again: a request may have begun, or recorded what it wrote, since the rows were read.
            if (await files.FindAsync(key, cancellation) is not { } file || !IsOld(file) || uploads.IsActive(sourceId))
                continue;

            await files.DeleteAsync(key, cancellation);
            Log.Removed(logger, sourceId);
        }
    }

    private bool IsOld(StoredFile file) => file.ChangedAt < uploads.StartedAt || file.ChangedAt < time.GetUtcNow() - Grace;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The upload of video {VideoId} is complete; its last request had died")]
        public static partial void Finished(ILogger logger, string videoId);

        [LoggerMessage(LogLevel.Information, "Removed a file that a dead request left of upload {SourceId}")]
        public static partial void Removed(ILogger logger, string sourceId);
    }
}
