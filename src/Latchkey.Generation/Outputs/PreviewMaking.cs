using System.Globalization;
using Latchkey.Generation.Data;
using Latchkey.Platform.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Outputs;

/// <summary>
/// Makes small moving previews of clips and small pictures of large ones, after their jobs have ended: nobody waits for them. Once in the
/// cluster, by the timetable.
/// </summary>
internal sealed partial class PreviewMaking(
    IDbContextFactory<GenerationDb> databases,
    GroupedWrites writes,
    IFileStore files,
    MediaTools tools,
    ILogger<PreviewMaking> logger
)
{
    private const int AtOnce = 20;

    /// <summary>Of all pictures that one ffmpeg has in memory.</summary>
    private const long MostPixelsAtOnce = 40_000_000;

    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var batch in Batches(await WaitingAsync(cancellation)))
            await MakeAsync(batch, cancellation);
    }

    private async Task<List<GenerationOutput>> WaitingAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await db
            .Outputs.AsNoTracking()
            .Where(output => output.PreviewState == PreviewState.Processing)
            .OrderBy(output => output.JobId)
            .ThenBy(output => output.Index)
            .Take(AtOnce)
            .ToListAsync(cancellation);
    }

    /// <summary>Each clip alone, and pictures together: ffmpeg takes longer to start than to shrink one.</summary>
    private static IEnumerable<IReadOnlyList<GenerationOutput>> Batches(List<GenerationOutput> waiting)
    {
        var pictures = new List<GenerationOutput>();
        var pixels = 0L;

        foreach (var output in waiting)
        {
            if (output.IsClip)
            {
                yield return [output];
                continue;
            }

            var its = (long)(output.Width ?? 0) * (output.Height ?? 0);

            if (pictures.Count > 0 && pixels + its > MostPixelsAtOnce)
            {
                yield return pictures;
                (pictures, pixels) = ([], 0);
            }

            pictures.Add(output);
            pixels += its;
        }

        if (pictures.Count > 0)
            yield return pictures;
    }

    private async Task MakeAsync(IReadOnlyList<GenerationOutput> batch, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("generation");
        var drafts = new Dictionary<GenerationOutput, PreviewDraft>();

        foreach (var output in batch)
        {
            if (await FetchAsync(output, scratch, drafts.Count, cancellation) is { } draft)
                drafts.Add(output, draft);
        }

        if (drafts.Count > 1)
            await tools.MakeStillPreviewsAsync(drafts.Values, cancellation);

        var keys = new Dictionary<GenerationOutput, string?>();

        foreach (var output in batch)
            keys[output] = drafts.TryGetValue(output, out var draft) ? await KeepAsync(output, draft, cancellation) : null;

        foreach (var deleted in await WriteAsync(keys, cancellation))
            await files.DeleteAsync(deleted, cancellation);
    }

    /// <returns><c>null</c> when nothing can be made of it.</returns>
    private async Task<PreviewDraft?> FetchAsync(GenerationOutput output, ScratchFolder scratch, int number, CancellationToken cancellation)
    {
        try
        {
            if (await files.OpenAsync(output.FileKey, cancellation) is not { } reader)
                return null;

            var path = scratch.File(string.Create(CultureInfo.InvariantCulture, $"output-{number}"));

            await using (reader)
                await reader.CopyToAsync(path, cancellation);

            if (await MediaFormat.OfFileAsync(path, cancellation) is not { } format)
                return null;

            var extension = format.Class == MediaClass.Clip ? "mp4" : "webp";
            var preview = scratch.File(string.Create(CultureInfo.InvariantCulture, $"preview-{number}.{extension}"));

            return new PreviewDraft(path, format, preview, extension);
        }
        catch (Exception failure) when (failure is IOException or StorageFullException)
        {
            Log.NotStored(logger, output.JobId, failure);
            return null;
        }
    }

    /// <summary>Whatever was not made together with others is made alone.</summary>
    /// <returns>Its place in the store; <c>null</c> when it cannot be made.</returns>
    private async Task<string?> KeepAsync(GenerationOutput output, PreviewDraft draft, CancellationToken cancellation)
    {
        try
        {
            if (!draft.IsMade && !await tools.MakePreviewAsync(draft.Path, draft.Format, draft.Preview, cancellation))
            {
                Log.NotMade(logger, output.JobId);
                return null;
            }

            var folder = OutputStore.FolderOf(output.JobId);
            var key = string.Create(CultureInfo.InvariantCulture, $"{folder}{output.Index}-preview.{draft.Extension}");
            await files.ReplaceAsync(draft.Preview, key, cancellation);
            return key;
        }
        catch (Exception failure) when (failure is IOException or StorageFullException)
        {
            Log.NotStored(logger, output.JobId, failure);
            return null;
        }
    }

    /// <returns>Keys of previews whose outputs were deleted meanwhile.</returns>
    private Task<List<string>> WriteAsync(IReadOnlyDictionary<GenerationOutput, string?> keys, CancellationToken cancellation) =>
        writes.RunAsync(
            async db =>
            {
                var deleted = new List<string>();

                foreach (var (output, key) in keys)
                {
                    var state = key is null ? PreviewState.Failed : PreviewState.Ready;
                    var written = await db
                        .Outputs.Where(row => row.JobId == output.JobId && row.Index == output.Index)
                        .ExecuteUpdateAsync(
                            row => row.SetProperty(its => its.PreviewKey, key).SetProperty(its => its.PreviewState, state),
                            cancellation
                        );

                    if (written == 0 && key is not null)
                        deleted.Add(key);
                }

                return deleted;
            },
            cancellation
        );

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Job {JobId}: ffmpeg could not make a preview of what came")]
        public static partial void NotMade(ILogger logger, string jobId);

        [LoggerMessage(LogLevel.Warning, "Job {JobId}: its preview could not be stored")]
        public static partial void NotStored(ILogger logger, string jobId, Exception failure);
    }
}

/// <summary>An output on the local disk, and where its preview goes.</summary>
internal sealed record PreviewDraft(string Path, MediaFormat Format, string Preview, string Extension)
{
    public bool IsMade => File.Exists(Preview);
}
