using System.Text.Json.Nodes;
using Latchkey.Platform.Webhooks;
using Latchkey.Video.Data;
using Latchkey.Video.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

/// <summary>Writes how far the renditions of a video are, and in the same transaction the webhooks that follow from it.</summary>
internal sealed class EncodingRecorder(VideoWebhooks webhooks, IWebhookSender sender)
{
    public const string Mp4 = "mp4";

    private const string Hls = "hls";

    /// <summary>Brings the rows to those of a plan's renditions, none of them begun, in the caller's save.</summary>
    public static async Task PutPlannedAsync(VideoDb db, VideoEncoding encoding, EncodingPlan plan)
    {
        var names = plan.Video.Select(rendition => rendition.Name).Concat(plan.AudioGroup().Select(audio => audio.Folder));

        if (encoding.MakesMp4)
        {
            names = names.Append(Mp4);
        }

        var rows = await db.EncodingRenditions.Where(row => row.VideoId == encoding.VideoId).ToDictionaryAsync(row => row.Name);

        foreach (var name in names)
        {
            if (rows.Remove(name, out var row))
            {
                row.Reset();
            }
            else
            {
                db.EncodingRenditions.Add(VideoEncodingRendition.Plan(encoding.VideoId, name));
            }
        }

        db.EncodingRenditions.RemoveRange(rows.Values);
    }

    /// <summary>Brings the rows to what is made now.</summary>
    public async Task SaveAsync(VideoDb db, string videoId, EncodingProgress progress)
    {
        var rows = await db.EncodingRenditions.Where(row => row.VideoId == videoId).ToListAsync();
        var messages = new List<OutboxMessage>();

        foreach (var row in rows.Where(row => row.State is not RenditionState.Encoded))
        {
            var isKnown = row.WasEncoded;
            Update(row, progress);

            if (row.State == RenditionState.Encoded && !isKnown && progress.Plan.FindAudio(row.Name) is null)
            {
                messages.AddRange(await TellAsync(db, row, progress.Plan));
            }
        }

        if (db.ChangeTracker.HasChanges())
        {
            await db.SaveChangesAsync();
            sender.Wake(messages);
        }
    }

    private async Task<IReadOnlyList<OutboxMessage>> TellAsync(VideoDb db, VideoEncodingRendition row, EncodingPlan plan)
    {
        var environment = await db.Videos.Where(video => video.Id == row.VideoId).Select(video => video.Environment).SingleOrDefaultAsync();
        var payload = new JsonObject
        {
            ["videoId"] = row.VideoId,
            ["encoding"] = row.Name == Mp4 ? Mp4 : Hls,
            ["quality"] = row.Name == Mp4 ? plan.Video[^1].Name : row.Name,
        };

        return await webhooks.EnqueueAsync(db, environment, WebhookEvents.QualityCompleted, payload, CancellationToken.None);
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
        else
        {
            // Copied: any segment of it is cut when it is asked for, so it is complete with the plan.
            row.MarkEncoded();
        }
    }

    private static void UpdateMp4(VideoEncodingRendition row, EncodingProgress progress)
    {
        if (progress.Failed.TryGetValue(nameof(EncodeRunKind.Mp4), out var reason))
        {
            row.Fail(reason);
        }
        else if (progress.IsDone(EncodeRunKind.Mp4))
        {
            row.MarkEncoded();
        }
        else if (progress.Running.Any(run => run.Kind == EncodeRunKind.Mp4))
        {
            row.MarkEncoding();
        }
    }
}
