namespace Latchkey.Video.Encoding;

/// <summary>Counts what went wrong where in a video, and says what is not worth another attempt.</summary>
internal sealed class RunFailures
{
    /// <summary>What fails is tried once more; then it is given up, with the reason.</summary>
    private const int Attempts = 2;

    /// <summary>A process that something else killed says little about the video; but what kills each time must end too.</summary>
    private const int AttemptsWhenKilled = 6;

    private readonly Dictionary<(EncodeRunKind, string, int), int> _counts = [];

    public static int AttemptsFor(string reason) => reason == MediaFailure.EncoderKilled ? AttemptsWhenKilled : Attempts;

    /// <summary>
    /// Counted for each rendition at its first segment that is missing, so that a run that got further than the last one has its own attempts.
    /// </summary>
    /// <returns>The renditions to give up; the kind's own name for a poster and an MP4.</returns>
    public IReadOnlyList<string> Count(EncodeRun run, EncodingProgress progress, string reason)
    {
        var given = new List<string>();

        foreach (var name in run.Kind == EncodeRunKind.Segments ? run.Renditions : [run.Kind.ToString()])
        {
            var position =
                run.Kind == EncodeRunKind.Segments
                    ? Enumerable
                        .Range(run.StartOf(name), run.To - run.StartOf(name))
                        .Select(segment => (int?)segment)
                        .FirstOrDefault(segment => !progress.IsMade(name, segment!.Value))
                    : 0;

            if (
                position is { } at
                && (_counts[(run.Kind, name, at)] = _counts.GetValueOrDefault((run.Kind, name, at)) + 1) >= AttemptsFor(reason)
            )
            {
                given.Add(name);
            }
        }

        return given;
    }
}
