using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Ffmpeg;

/// <summary>Looks at a handful of frames, small and grey, and tells which is the best face of a video.</summary>
internal sealed class PosterChoice(FfmpegRunner ffmpeg)
{
    /// <summary>After the titles, before anything is given away.</summary>
    private const double From = 0.05;
    private const double To = 0.3;

    /// <summary>How many keyframes are looked at.</summary>
    private const int Candidates = 8;

    /// <summary>With fewer keyframes than this, frames behind each are looked at, too.</summary>
    private const int FewCandidates = 4;

    /// <summary>Large enough for blur to show, small enough to cost nothing.</summary>
    private const int LongestSide = 320;

    /// <summary>The segment to decode, and when the chosen frame is shown, in ticks.</summary>
    /// <exception cref="MediaException">No frame could be decoded.</exception>
    public async Task<(int Segment, long At)> FindAsync(
        EncodingPlan plan,
        SourceInput source,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        var looks = Looks.Spread(plan, From, To, Candidates);

        if (looks.Count < FewCandidates)
        {
            looks = Looks.Spread(plan, 0, 1, Candidates);
        }

        (double Score, int Segment, long At)? best = null;
        MediaException? failure = null;

        foreach (var segment in looks)
        {
            try
            {
                best = Better(best, await LookAsync(plan, source, segment, looks.Count, scratch, cancellation));
            }
            catch (MediaException exception)
            {
                failure = exception;
            }
        }

        return best is { } found
            ? (found.Segment, found.At)
            : throw failure ?? new MediaException(MediaFailure.Undecodable, "No frame could be decoded for a picture.");
    }

    private async Task<(double Score, int Segment, long At)?> LookAsync(
        EncodingPlan plan,
        SourceInput source,
        int segment,
        int looks,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateDirectory(scratch.File(string.Create(CultureInfo.InvariantCulture, $"look-{segment}"))).FullName;
        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(plan.Source.Width, plan.Source.Height));
        var (width, height) = (Math.Max(2, (int)(plan.Source.Width * scale)), Math.Max(2, (int)(plan.Source.Height * scale)));
        var frames = looks < FewCandidates ? Candidates / looks : 1;
        var apart = FfmpegArguments.Seconds(Math.Min(0.5, plan.DurationSeconds / Candidates));

        await ffmpeg.RunAsync(
            Looks.Arguments(
                plan,
                source,
                segment,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{apart})',scale={width}:{height}{EncodeArguments.Colours(plan)},format=gray"
                ),
                frames,
                ["-c:v", "rawvideo"],
                TileArguments.Pattern(folder, "%d.gray")
            ),
            background: true,
            cancellation
        );

        (double Score, int Segment, long At)? best = null;

        foreach (var file in Directory.EnumerateFiles(folder, "*.gray"))
        {
            var score = FrameScore.Of(await File.ReadAllBytesAsync(file, cancellation), width, height);
            best = Better(best, (score, segment, TileArguments.TimeOf(file)));
        }

        return best;
    }

    /// <summary>The earlier one, where both are as good.</summary>
    private static (double Score, int Segment, long At)? Better(
        (double Score, int Segment, long At)? one,
        (double Score, int Segment, long At)? other
    ) =>
        one is not { } first ? other
        : other is not { } second ? one
        : (second.Score, -second.At).CompareTo((first.Score, -first.At)) > 0 ? second
        : first;
}
