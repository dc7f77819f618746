using System.Globalization;
using System.Numerics;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Encoding;

internal sealed class EncodingStatus(PlannedVideos planned) : IEncodingStatus
{
    public async Task<EncodingStatusResponse> GetAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        var row = await db
            .Encodings.AsNoTracking()
            .Where(encoding => encoding.VideoId == videoId)
            .Select(encoding => new
            {
                encoding.State,
                encoding.PlanVersion,
                encoding.FailureReason,
            })
            .SingleOrDefaultAsync(cancellation);

        if (row is null || await planned.FindAsync(videoId, row.PlanVersion, cancellation) is not { } video)
        {
            return row?.State == EncodingState.Failed ? EncodingStatusResponse.Failed(row.FailureReason) : EncodingStatusResponse.None;
        }

        var renditions = await db
            .EncodingRenditions.AsNoTracking()
            .Where(rendition => rendition.VideoId == videoId)
            .ToListAsync(cancellation);

        return new EncodingStatusResponse(
            row.State is EncodingState.Waiting or EncodingState.Planned or EncodingState.Encoded
                // When all are given up, the row says so a moment later.
                && !video.Plan.Video.All(rendition =>
                    renditions.Exists(made => made.Name == rendition.Name && made.State == RenditionState.Failed)
                ),
            [.. Qualities(video.Plan, renditions)],
            Metadata(video.Plan.Source)
        )
        {
            FailureReason = row.FailureReason,
        };
    }

    private static IEnumerable<EncodingQualityResponse> Qualities(EncodingPlan plan, IReadOnlyList<VideoEncodingRendition> rows)
    {
        foreach (var rendition in plan.Video)
        {
            yield return Quality("hls", rendition.Name, rows.FirstOrDefault(row => row.Name == rendition.Name));
        }

        if (rows.FirstOrDefault(row => row.Name == EncodingRecorder.Mp4) is { } mp4)
        {
            yield return Quality("mp4", plan.Video[^1].Name, mp4);
        }
    }

    private static EncodingQualityResponse Quality(string type, string name, VideoEncodingRendition? row) =>
        new(
            type,
            name,
            row?.State switch
            {
                RenditionState.Encoding or RenditionState.EncodedAgain => "encoding",
                RenditionState.Encoded => "encoded",
                RenditionState.Failed => "failed",
                _ => "waiting",
            }
        )
        {
            FailureReason = row is { State: RenditionState.Failed } ? row.FailureReason : null,
        };

    private static EncodingMetadataResponse Metadata(SourceFacts source)
    {
        var divisor = (int)BigInteger.GreatestCommonDivisor(source.Width, source.Height);

        return new EncodingMetadataResponse
        {
            Width = source.Width,
            Height = source.Height,
            Bitrate = source.Bitrate is { } bitrate ? Math.Round(bitrate, 3) : null,
            Duration = (int)Math.Round(source.DurationSeconds),
            Framerate = source.FrameRate is { } rate ? (int)Math.Round(rate) : null,
            Samplerate = source.SampleRate,
            VideoCodec = source.VideoCodec,
            AudioCodec = source.AudioCodec,
            AspectRatio = string.Create(CultureInfo.InvariantCulture, $"{source.Width / divisor}/{source.Height / divisor}"),
        };
    }
}
