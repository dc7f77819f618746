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

    private readonly Looks _looks = new(ffmpeg);

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

        var scale = Math.Min(1.0, (double)LongestSide / Math.Max(plan.Source.Width, plan.Source.Height));
        var (width, height) = (Math.Max(2, (int)(plan.Source.Width * scale)), Math.Max(2, (int)(plan.Source.Height * scale)));
        var apart = FfmpegArguments.Seconds(Math.Min(0.5, plan.DurationSeconds / Candidates));
        var request = new LookRequest(
            string.Create(
                CultureInfo.InvariantCulture,
                $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{apart})',scale={width}:{height}{EncodeArguments.Colours(plan)},format=gray"
            ),
            looks.Count < FewCandidates ? Candidates / looks.Count : 1,
            ["-c:v", "rawvideo"],
            ".gray"
        );

        (double Score, int Segment, long At)? best = null;

        foreach (var look in await _looks.TakeAsync(plan, source, looks, request, scratch, cancellation))
        {
            foreach (var file in look.Files)
            {
                var score = FrameScore.Of(await File.ReadAllBytesAsync(file, cancellation), width, height);
                best = Better(best, (score, look.Segment, TileArguments.TimeOf(file)));
            }
        }

        return (best!.Value.Segment, best.Value.At);
    }

    /// <summary>The earlier one, where both are as good.</summary>
    private static (double Score, int Segment, long At) Better(
        (double Score, int Segment, long At)? one,
        (double Score, int Segment, long At) other
    ) => one is { } first && (first.Score, -first.At).CompareTo((other.Score, -other.At)) >= 0 ? first : other;
}
