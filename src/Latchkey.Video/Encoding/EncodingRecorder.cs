using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

/// <summary>Writes how far the renditions of a video are, and in the same transaction the webhooks that follow from it.</summary>
internal sealed class EncodingRecorder
{
    public const string Mp4 = "mp4";

    /// <summary>Adds the rows of all renditions. Copied ones are complete with the plan: any segment of theirs is cut when it is asked for.</summary>
    public static Task AddPlannedAsync(VideoDb db, VideoEncoding encoding, EncodingPlan plan)
    {
        foreach (var rendition in plan.Video)
        {
            var state = rendition.Method == RenditionMethod.Copied ? RenditionState.Encoded : RenditionState.Waiting;
            db.EncodingRenditions.Add(VideoEncodingRendition.Plan(encoding.VideoId, rendition.Name, state));
        }

        if (plan.Audio is { Method: RenditionMethod.Encoded })
        {
            db.EncodingRenditions.Add(VideoEncodingRendition.Plan(encoding.VideoId, AudioRendition.FolderName, RenditionState.Waiting));
        }

        if (encoding.MakesMp4)
        {
            db.EncodingRenditions.Add(VideoEncodingRendition.Plan(encoding.VideoId, Mp4, RenditionState.Waiting));
        }

        return Task.CompletedTask;
    }

    /// <summary>Brings the rows to what is made now.</summary>
    public static async Task SaveAsync(VideoDb db, string videoId, EncodingProgress progress)
    {
        var rows = await db.EncodingRenditions.Where(row => row.VideoId == videoId).ToListAsync();

        foreach (var row in rows.Where(row => row.State is not RenditionState.Encoded))
        {
            Update(row, progress);
        }

        if (db.ChangeTracker.HasChanges())
        {
            await db.SaveChangesAsync();
        }
    }

    private static void Update(VideoEncodingRendition row, EncodingProgress progress)
    {
        if (row.Name == Mp4)
        {
            UpdateMp4(row, progress);
        }
        else if (progress.Made.TryGetValue(row.Name, out var segments))
        {
            row.Update(segments);

            if (progress.Failed.TryGetValue(row.Name, out var reason))
            {
                row.Fail(reason);
            }
        }
    }

    private static void UpdateMp4(VideoEncodingRendition row, EncodingProgress progress)
    {
        if (progress.Failed.TryGetValue(nameof(EncodeRunKind.Mp4), out var reason))
        {
            row.Fail(reason);
        }
        else if (progress.Mp4Done)
        {
            row.MarkEncoded();
        }
        else if (progress.Running.Any(run => run.Kind == EncodeRunKind.Mp4))
        {
            row.MarkEncoding();
        }
    }
}
