using Latchkey.Video.Encoding.Storyboards;

namespace Latchkey.Video.Encoding;

/// <summary>
/// What is made, what is being made, and what comes next, of one video. Pure: no clock, no store, no grain.
/// Copied renditions are not in it: their segments are cut from the source when they are asked for. The storyboard's tiles are.
/// </summary>
internal sealed class EncodingProgress(EncodingPlan plan, bool makesMp4)
{
    /// <summary>The smallest rendition alone is made for this long before the others join, so that something plays everywhere soon.</summary>
    private const double LongestLead = 20;

    /// <summary>What the smallest makes ahead is decoded once more for the others: never more than this part of a video.</summary>
    private const double LeadPart = 1.0 / 16;

    /// <summary>Long enough for the start of ffmpeg not to count, short enough for something more urgent not to wait long.</summary>
    private const double BackgroundRunSeconds = 60;

    /// <summary>Tiles alone need the keyframes only.</summary>
    private const double TilesRunSeconds = 600;

    /// <summary>Segments behind a waited-for one that are made next, as its viewer will want them.</summary>
    private const int Neighbours = 5;

    private readonly Dictionary<string, SegmentSet> _made = EncodedNames(plan)
        .ToDictionary(name => name, _ => new SegmentSet(plan.SegmentCount));
    private readonly Dictionary<string, string> _failed = [];
    private readonly HashSet<EncodeRunKind> _done = [];
    private readonly HashSet<string> _separate = [];
    private readonly Dictionary<Guid, EncodeRun> _running = [];
    private readonly HashSet<(string Rendition, int Segment)> _waited = [];
    private readonly HashSet<(string Rendition, int Segment)> _neighbours = [];
    private int _lastWanted;

    public EncodingPlan Plan => plan;

    /// <summary>While it is set, only the first picture is begun, and what somebody waits for.</summary>
    public bool IsCalm { get; set; }

    public IReadOnlyDictionary<string, SegmentSet> Made => _made;

    /// <summary>Renditions that were given up, with the reason; the other files by the kind of their run.</summary>
    public IReadOnlyDictionary<string, string> Failed => _failed;

    public IReadOnlyCollection<EncodeRun> Running => _running.Values;

    public bool IsFinished => SegmentsSettled && Mp4Settled && (NeverPlays || (PosterSettled && StoryboardSettled && PreviewSettled));

    private bool PosterSettled => IsSettled(EncodeRunKind.Poster);

    private bool Mp4Settled => !makesMp4 || IsSettled(EncodeRunKind.Mp4);

    /// <summary>Then it needs no pictures.</summary>
    private bool NeverPlays => plan.Video.All(rendition => _failed.ContainsKey(rendition.Name));

    private bool StoryboardSettled => IsSettled(EncodeRunKind.Storyboard) || _failed.ContainsKey(Storyboard.FolderName);

    private bool PreviewSettled => IsSettled(EncodeRunKind.Preview);

    /// <summary>What is encoded again plays already: a whole library of it does not keep a new video waiting.</summary>
    private EncodePriority BeginningPriority => plan.Version > 1 ? EncodePriority.Background : EncodePriority.First;

    private bool MayMakeMp4 => SegmentsSettled || Mp4Maker.NeedsSourceOnly(plan);

    /// <summary>The smallest rendition that is encoded and not given up.</summary>
    private string? Smallest => _made.Keys.FirstOrDefault(name => IsVideo(name) && !_failed.ContainsKey(name));

    /// <summary>Whether the first picture can be shown. Until then nothing else of the video is begun, so that all cores are free for it.</summary>
    private bool StartsPlaying => PlaysByItself || Smallest is not { } smallest || _made[smallest][0];

    /// <summary>A copied rendition needs nobody to make it; who cannot take that much waits for segments of another, and they are made first.</summary>
    private bool PlaysByItself => plan.Video.Any(rendition => rendition.Method == RenditionMethod.Copied);

    private bool MayBeginMore => StartsPlaying && !IsCalm;

    /// <summary>The segment after the last one of the lead. Who watches on from there waits for his segments, and they come ahead of the others.</summary>
    private int LeadEnd => PlaysByItself ? 0 : Math.Max(1, plan.SegmentAt(Math.Min(LongestLead, plan.DurationSeconds * LeadPart)));

    private bool SegmentsSettled =>
        _made.All(rendition => rendition.Value.IsComplete || rendition.Key == Storyboard.FolderName || _failed.ContainsKey(rendition.Key));

    /// <summary>How urgent the work is that nobody does yet.</summary>
    public OpenWork Open => new(Choose(EncodeSlot.Any)?.Priority, Choose(EncodeSlot.Aside)?.Priority);

    public bool IsDone(EncodeRunKind kind) => _done.Contains(kind);

    public bool IsMade(string rendition, int segment) => _made.TryGetValue(rendition, out var segments) && segments[segment];

    /// <summary>Gives out the most urgent run that a slot takes; nobody else gets its segments until it ends.</summary>
    public EncodeRun? Claim(string videoId, EncodeSlot slot)
    {
        if (Choose(slot) is not { } choice)
        {
            return null;
        }

        var run = new EncodeRun(
            Guid.NewGuid(),
            videoId,
            choice.Kind,
            choice.Priority,
            choice.Renditions,
            choice.From,
            choice.To,
            plan.Version,
            choice.Joins
        );
        _running.Add(run.Id, run);
        return run;
    }

    /// <summary>Takes up a run that was given out before this activation.</summary>
    public void Resume(EncodeRun run) => _running.TryAdd(run.Id, run);

    public bool IsRunning(Guid run) => _running.ContainsKey(run);

    /// <summary>Somebody waits for a segment: it comes next, and those behind it after that.</summary>
    public void Want(string rendition, int segment)
    {
        if (!_made.TryGetValue(rendition, out var segments) || segments[segment])
        {
            return;
        }

        _waited.Add((rendition, segment));
        _lastWanted = segment;

        var last = Math.Min(segment + Neighbours, plan.SegmentCount - 1);

        for (var next = segment + 1; next <= last; next++)
        {
            if (!segments[next])
            {
                _neighbours.Add((rendition, next));
            }
        }
    }

    /// <summary>
    /// Somebody waits for a rendition's init segment, which comes with any of its segments. What they will want to see they have not said yet.
    /// </summary>
    public void WantInit(string rendition)
    {
        if (IsOpen(rendition) && !_running.Values.Any(run => IsSoon(run) && run.Makes(rendition, run.StartOf(rendition))))
        {
            _waited.Add((rendition, 0));
        }
    }

    /// <returns>Whether this completed the rendition.</returns>
    public bool MarkMade(string rendition, int segment)
    {
        _waited.Remove((rendition, segment));
        _neighbours.Remove((rendition, segment));

        return _made.TryGetValue(rendition, out var segments) && segments.Add(segment) && segments.IsComplete;
    }

    /// <summary>It was made, and is not there any more.</summary>
    public void MarkLost(string rendition, int segment) => _made[rendition].Remove(segment);

    /// <summary>One of the files of which a video has one is there.</summary>
    public void MarkDone(EncodeRunKind kind) => _done.Add(kind);

    /// <summary>A run ended, well or badly; what it did not make is free again.</summary>
    public EncodeRun? Release(Guid run)
    {
        _running.Remove(run, out var released);
        return released;
    }

    /// <summary>A run of several renditions failed: each is tried alone from now on, so that one that cannot be made does not take the others along.</summary>
    public void Separate(IEnumerable<string> renditions) => _separate.UnionWith(renditions);

    /// <summary>Was given up before this activation.</summary>
    public void MarkFailed(string name, string reason) => _failed[name] = reason;

    /// <summary>Gives up what a run was to make.</summary>
    public void Abandon(EncodeRun run, string reason)
    {
        if (run.Kind != EncodeRunKind.Segments)
        {
            _failed[run.Kind.ToString()] = reason;
            return;
        }

        foreach (var rendition in run.Renditions.Where(rendition => !_made[rendition].IsComplete))
        {
            _failed[rendition] = reason;
            _waited.RemoveWhere(segment => segment.Rendition == rendition);
            _neighbours.RemoveWhere(segment => segment.Rendition == rendition);
        }
    }

    private Choice? Choose(EncodeSlot slot) =>
        slot switch
        {
            EncodeSlot.Kept => ChooseWaited(),
            EncodeSlot.Aside => ChooseAside(),
            _ => ChooseWaited() ?? ChooseFirstPicture() ?? (MayBeginMore ? ChooseFirst() ?? ChooseBackground() : null),
        };

    private Choice? ChooseWaited() => ChooseFrom(_waited, EncodePriority.Waited);

    /// <summary>A run of its own, so that many videos that come together take turns with theirs.</summary>
    private Choice? ChooseFirstPicture() => ChooseBeginning(Math.Min(1, LeadEnd));

    private Choice? ChooseFirst() => ChooseFrom(_neighbours, EncodePriority.First) ?? ChooseBeginning(LeadEnd);

    private Choice? ChooseBeginning(int end)
    {
        var renditions = new[] { Smallest, AudioRendition.FolderName }.OfType<string>().Where(IsOpen).ToList();

        return StretchApart(renditions, 0, end, BeginningPriority);
    }

    /// <summary>After the first picture, so that looking for a good one takes nothing from it.</summary>
    private Choice? ChooseAside() =>
        !MayBeginMore ? null
        : !NeverPlays && !PosterSettled && !IsRunning(EncodeRunKind.Poster) ? new Choice(EncodeRunKind.Poster, BeginningPriority, [], 0, 0)
        : MayMakeMp4 && !Mp4Settled && !IsRunning(EncodeRunKind.Mp4) ? new Choice(EncodeRunKind.Mp4, EncodePriority.Background, [], 0, 0)
        : null;

    private Choice? ChooseBackground()
    {
        var open = _made.Keys.Where(name => name != Storyboard.FolderName && IsOpen(name)).ToList();

        // On from where somebody watches, then what lies before.
        var choice =
            StretchApart(open, _lastWanted, plan.SegmentCount, EncodePriority.Background)
            ?? StretchApart(open, 0, _lastWanted, EncodePriority.Background);

        return WithTiles(choice) ?? ChooseLeftAside() ?? ChooseExtra();
    }

    /// <summary>What the slots that are there for it have not come to.</summary>
    private Choice? ChooseLeftAside() => ChooseAside() is { } choice ? choice with { Priority = EncodePriority.Background } : null;

    /// <summary>All renditions together, and then each of those that are tried alone.</summary>
    private Choice? StretchApart(IReadOnlyList<string> renditions, int from, int to, EncodePriority priority) =>
        renditions
            .Where(_separate.Contains)
            .Select(name => new[] { name })
            .Prepend([.. renditions.Where(name => !_separate.Contains(name))])
            .Select(group => Stretch(group, from, to, priority, BackgroundRunSeconds))
            .FirstOrDefault(choice => choice is not null);

    /// <summary>What nobody misses while there is something to encode.</summary>
    private Choice? ChooseExtra()
    {
        if (NeverPlays)
        {
            return null;
        }

        if (!StoryboardSettled && !IsRunning(EncodeRunKind.Storyboard))
        {
            return _made[Storyboard.FolderName].IsComplete
                ? new Choice(EncodeRunKind.Storyboard, EncodePriority.Background, [], 0, 0)
                : Stretch([Storyboard.FolderName], 0, plan.SegmentCount, EncodePriority.Background, TilesRunSeconds) ?? ChoosePreview();
        }

        return ChoosePreview();
    }

    private Choice? ChoosePreview() =>
        PreviewSettled || IsRunning(EncodeRunKind.Preview) ? null : new Choice(EncodeRunKind.Preview, EncodePriority.Background, [], 0, 0);

    /// <summary>Tiles cost next to nothing where a picture is decoded anyway.</summary>
    private Choice? WithTiles(Choice? choice)
    {
        if (choice is null || StoryboardSettled || _separate.Contains(Storyboard.FolderName) || !choice.Renditions.Any(IsVideo))
        {
            return choice;
        }

        var start = choice.To;

        while (start > choice.From && IsFree(Storyboard.FolderName, start - 1))
        {
            start--;
        }

        return start == choice.To ? choice : choice.With(Storyboard.FolderName, start);
    }

    /// <summary>One segment that is waited for, and those that follow it without a gap in the same set.</summary>
    private Choice? ChooseFrom(HashSet<(string Rendition, int Segment)> set, EncodePriority priority)
    {
        foreach (var (rendition, segment) in set.OrderBy(wanted => wanted.Segment))
        {
            // A slower run that reaches the segment some time counts only when it makes this very one now: it may be a minute away.
            if (!IsOpen(rendition) || IsClaimed(rendition, segment, priority) || IsBeingMade(rendition, segment))
            {
                continue;
            }

            var to = segment + 1;

            while (set.Contains((rendition, to)) && !IsClaimed(rendition, to, priority))
            {
                to++;
            }

            return new Choice(EncodeRunKind.Segments, priority, [rendition], segment, to);
        }

        return null;
    }

    /// <summary>
    /// The first missing segment in a range, with all renditions that miss it, and on from there for as long as these miss the following ones.
    /// Others join where they begin to miss theirs: one decode feeds all, and nothing is made twice.
    /// </summary>
    private Choice? Stretch(IReadOnlyList<string> renditions, int from, int to, EncodePriority priority, double seconds)
    {
        var first = from;

        while (first < to && !renditions.Any(name => IsFree(name, first)))
        {
            first++;
        }

        if (first == to)
        {
            return null;
        }

        var limit = Math.Min(to, plan.SegmentAt(plan.Seconds(first) + seconds) + 1);
        var choice = new Choice(EncodeRunKind.Segments, priority, [], first, first);

        for (var segment = first; segment < limit && choice.Renditions.All(name => IsFree(name, segment)); segment++)
        {
            var joining = renditions.Where(name => !choice.Renditions.Contains(name) && IsFree(name, segment));
            choice = joining.Aggregate(choice, (longer, name) => longer.With(name, segment)) with { To = segment + 1 };
        }

        return choice;
    }

    private bool IsOpen(string rendition) =>
        _made.TryGetValue(rendition, out var segments) && !segments.IsComplete && !_failed.ContainsKey(rendition);

    private bool IsFree(string rendition, int segment) =>
        !_made[rendition][segment] && !IsClaimed(rendition, segment, EncodePriority.Background);

    private bool IsClaimed(string rendition, int segment, EncodePriority slowest) =>
        _running.Values.Any(run => run.Priority <= slowest && run.Makes(rendition, segment));

    private bool IsBeingMade(string rendition, int segment) =>
        _running.Values.Any(run =>
            run.Makes(rendition, segment)
            && (IsSoon(run) || run.StartOf(rendition) < segment)
            && Enumerable.Range(run.StartOf(rendition), segment - run.StartOf(rendition)).All(earlier => _made[rendition][earlier])
        );

    /// <summary>A run that makes several renditions at once takes seconds to its first segment of each.</summary>
    private bool IsSoon(EncodeRun run) => run.Renditions.Count(IsVideo) <= 1;

    private bool IsSettled(EncodeRunKind kind) => IsDone(kind) || _failed.ContainsKey(kind.ToString());

    private bool IsRunning(EncodeRunKind kind) => _running.Values.Any(run => run.Kind == kind);

    private static IEnumerable<string> EncodedNames(EncodingPlan plan)
    {
        var names = plan.Video.Where(rendition => rendition.Method == RenditionMethod.Encoded).Select(rendition => rendition.Name);
        var sounds = plan.AudioGroup().Where(audio => audio.Method == RenditionMethod.Encoded).Select(audio => audio.Folder);
        return [.. names, .. sounds, Storyboard.FolderName];
    }

    private bool IsVideo(string name) => plan.Video.Any(rendition => rendition.Name == name);

    private sealed record Choice(EncodeRunKind Kind, EncodePriority Priority, IReadOnlyList<string> Renditions, int From, int To)
    {
        public IReadOnlyDictionary<string, int> Joins { get; init; } = new Dictionary<string, int>();

        public Choice With(string rendition, int start) =>
            this with
            {
                Renditions = [.. Renditions, rendition],
                Joins = start == From ? Joins : new Dictionary<string, int>(Joins) { [rendition] = start },
            };
    }
}
