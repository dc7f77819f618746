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
    IFileStore files,
    MediaTools tools,
    ILogger<PreviewMaking> logger
)
{
    private const int AtOnce = 20;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var waiting = await db
            .Outputs.AsNoTracking()
            .Where(output => output.PreviewState == PreviewState.Processing)
            .OrderBy(output => output.JobId)
            .ThenBy(output => output.Index)
            .Take(AtOnce)
            .ToListAsync(cancellation);

        foreach (var output in waiting)
            await MakeAsync(db, output, cancellation);
    }

    private async Task MakeAsync(GenerationDb db, GenerationOutput output, CancellationToken cancellation)
    {
        var key = await TryAsync(output, cancellation);
        var state = key is null ? PreviewState.Failed : PreviewState.Ready;
        var written = await db
            .Outputs.Where(row => row.JobId == output.JobId && row.Index == output.Index)
            .ExecuteUpdateAsync(
                row => row.SetProperty(its => its.PreviewKey, key).SetProperty(its => its.PreviewState, state),
                cancellation
            );

        // Deleted meanwhile.
        if (written == 0 && key is not null)
            await files.DeleteAsync(key, cancellation);
    }

    /// <returns>Its place in the store; <c>null</c> when it cannot be made.</returns>
    private async Task<string?> TryAsync(GenerationOutput output, CancellationToken cancellation)
    {
        try
        {
            if (await files.OpenAsync(output.FileKey, cancellation) is not { } reader)
                return null;

            using var scratch = files.CreateScratch("generation");
            var path = scratch.File("output");

            await using (reader)
                await reader.CopyToAsync(path, cancellation);

            if (await MediaFormat.OfFileAsync(path, cancellation) is not { } format)
                return null;

            var extension = format.Class == MediaClass.Clip ? "mp4" : "webp";
            var preview = scratch.File("preview." + extension);

            if (!await tools.MakePreviewAsync(path, format, preview, cancellation))
            {
                Log.NotMade(logger, output.JobId);
                return null;
            }

            var folder = OutputStore.FolderOf(output.JobId);
            var key = string.Create(CultureInfo.InvariantCulture, $"{folder}{output.Index}-preview.{extension}");
            await files.ReplaceAsync(preview, key, cancellation);
            return key;
        }
        catch (Exception failure) when (failure is IOException or StorageFullException)
        {
            Log.NotStored(logger, output.JobId, failure);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Job {JobId}: ffmpeg could not make a preview of what came")]
        public static partial void NotMade(ILogger logger, string jobId);

        [LoggerMessage(LogLevel.Warning, "Job {JobId}: its preview could not be stored")]
        public static partial void NotStored(ILogger logger, string jobId, Exception failure);
    }
}
