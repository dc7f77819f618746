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

    /// <param name="picture">What is made of each frame that may be chosen.</param>
    /// <returns>The picture of the chosen frame, in the scratch folder, and when that is shown, in ticks.</returns>
    /// <exception cref="MediaException">No frame could be decoded.</exception>
    public async Task<(string File, long At)> FindAsync(
        EncodingPlan plan,
        SourceInput source,
        LookPicture picture,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        var looks = Looks.Spread(plan, From, To, Candidates);

        if (looks.Count < FewCandidates)
        {
            looks = Looks.Spread(plan, 0, 1, Candidates);
        }

        var (width, height) = plan.Source.Within(LongestSide);
        var apart = FfmpegArguments.Seconds(Math.Min(0.5, plan.DurationSeconds / Candidates));
        var grey = new LookPicture(
            string.Create(CultureInfo.InvariantCulture, $"scale={width}:{height}{EncodeArguments.Colours(plan)},format=gray"),
            ["-c:v", "rawvideo"],
            ".gray"
        );
        var request = new LookRequest(
            $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{apart})'",
            looks.Count < FewCandidates ? Candidates / looks.Count : 1,
            grey,
            picture
        );

        (double Score, long At, string File)? best = null;

        foreach (var look in await _looks.TakeAsync(plan, source, looks, request, scratch, cancellation))
        {
            foreach (var file in look.Files)
            {
                var score = FrameScore.Of(await File.ReadAllBytesAsync(file, cancellation), width, height);
                best = Better(best, (score, TileArguments.TimeOf(file), file));
            }
        }

        return (Path.ChangeExtension(best!.Value.File, picture.Extension), best.Value.At);
    }

    /// <summary>The earlier one, where both are as good.</summary>
    private static (double Score, long At, string File) Better(
        (double Score, long At, string File)? one,
        (double Score, long At, string File) other
    ) => one is { } first && (first.Score, -first.At).CompareTo((other.Score, -other.At)) >= 0 ? first : other;
}
