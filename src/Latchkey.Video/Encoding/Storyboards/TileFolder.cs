namespace Latchkey.Video.Encoding.Storyboards;

/// <summary>Where ffmpeg puts the tiles of a run beside its renditions; they are told of as they come.</summary>
internal sealed class TileFolder(EncodingPlan plan, RunRequest run, string path)
{
    private readonly HashSet<int> _told = [];

    public string Path { get; } = path;

    /// <summary>Tells of what is new. A tile that does not come is no failure: it is made alone some time.</summary>
    public async ValueTask FollowAsync(Func<MadeSegment, ValueTask> made)
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*.jpg"))
        {
            if (SegmentOf(TileArguments.TimeOf(file)) is { } segment && _told.Add(segment))
            {
                await made(new MadeSegment(Storyboard.FolderName, segment, file));
            }
        }
    }

    private int? SegmentOf(long time)
    {
        var at = plan.Boundaries[run.From] + time + plan.Tolerance;

        for (var segment = run.To - 1; segment >= run.From; segment--)
        {
            if (plan.Boundaries[segment] <= at)
            {
                return segment;
            }
        }

        return null;
    }
}
