using Latchkey.Platform.Access;
using Latchkey.Platform.Data;

namespace Latchkey.Video.Videos;

/// <summary>What api.video calls a video object: what users see and edit of a video. Its bytes are a <see cref="Uploads.VideoSource"/>.</summary>
internal sealed class VideoObject
{
    public const string IdPrefix = "vi";

    private readonly List<VideoTag> _tags = [];
    private readonly List<VideoMetadata> _metadata = [];

    private VideoObject() { }

    public string Id { get; private init; } = null!;

    public KeyEnvironment Environment { get; private init; }

    public string Title { get; private set; } = null!;

    /// <summary>Case-folded, so that filters find Cyrillic and Latin text alike on every database.</summary>
    public string TitleFolded { get; private set; } = null!;

    public string Description { get; private set; } = "";

    public string DescriptionFolded { get; private set; } = "";

    public bool Public { get; private set; }

    public bool Panoramic { get; private set; }

    public bool Mp4Support { get; private set; }

    public string? PlayerId { get; private set; }

    public string? Language { get; private set; }

    /// <summary>Wishes for a transcript and a summary, kept as given.</summary>
    public bool Transcript { get; private set; }

    public bool TranscriptSummary { get; private set; }

    public string? TranscriptSummaryAttributes { get; private set; }

    /// <summary>The part of the source that is wanted, in seconds on the source's timeline.</summary>
    public double ClipStart { get; private init; }

    public double? ClipEnd { get; private init; }

    /// <summary>The live stream that it was recorded from.</summary>
    public string? LiveStreamId { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset PublishedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>When it was deleted by its owner; until <see cref="DeletesAt"/> its bytes stay.</summary>
    public DateTimeOffset? DiscardedAt { get; private set; }

    /// <summary>When everything of it is removed: the end of the discard period, of a sandbox video, of an object that never got a source.</summary>
    public DateTimeOffset? DeletesAt { get; private set; }

    public IReadOnlyList<VideoTag> Tags => _tags;

    public IReadOnlyList<VideoMetadata> Metadata => _metadata;

    public static VideoObject Create(VideoDraft draft, KeyEnvironment environment, DateTimeOffset now)
    {
        var video = new VideoObject
        {
            Id = Api.Ids.New(IdPrefix),
            Environment = environment,
            Public = draft.Public ?? true,
            Panoramic = draft.Panoramic ?? false,
            Mp4Support = draft.Mp4Support ?? true,
            PlayerId = draft.PlayerId.Value,
            Language = draft.Language.Value,
            Transcript = draft.Transcript ?? false,
            TranscriptSummary = draft.TranscriptSummary ?? false,
            TranscriptSummaryAttributes = Join(draft.TranscriptSummaryAttributes),
            ClipStart = draft.ClipStart,
            ClipEnd = draft.ClipEnd,
            CreatedAt = now,
            PublishedAt = draft.PublishedAt ?? now,
            UpdatedAt = now,
            DeletesAt = environment == KeyEnvironment.Sandbox ? now + Retention.Sandbox : null,
        };

        video.Rename(draft.Title ?? "");
        video.Describe(draft.Description ?? "");
        video.Tag(draft.Tags ?? []);
        video.SetMetadata(draft.Metadata ?? []);

        return video;
    }

    /// <summary>A merge patch: what is absent stays, arrays are replaced as a whole, <c>null</c> unsets.</summary>
    public void Change(VideoDraft patch, DateTimeOffset now)
    {
        if (patch.Title is { } title)
            Rename(title);
        if (patch.Description is { } description)
            Describe(description);
        if (patch.PlayerId.IsGiven)
            PlayerId = patch.PlayerId.Value;
        if (patch.Language.IsGiven)
            Language = patch.Language.Value;
        if (patch.Tags is { } tags)
            Tag(tags);
        if (patch.Metadata is { } metadata)
            SetMetadata(metadata);
        if (patch.TranscriptSummaryAttributes is { } attributes)
            TranscriptSummaryAttributes = Join(attributes);

        Public = patch.Public ?? Public;
        Panoramic = patch.Panoramic ?? Panoramic;
        Mp4Support = patch.Mp4Support ?? Mp4Support;
        Transcript = patch.Transcript ?? Transcript;
        TranscriptSummary = patch.TranscriptSummary ?? TranscriptSummary;
        UpdatedAt = now;
    }

    public void Touch(DateTimeOffset now) => UpdatedAt = now;

    /// <summary>Deleted by its owner: hidden at once, removed with its bytes after <paramref name="kept"/>.</summary>
    public void Discard(TimeSpan kept, DateTimeOffset now)
    {
        DiscardedAt = now;
        UpdatedAt = now;

        var deletes = now + kept;
        DeletesAt = DeletesAt is { } sooner && sooner < deletes ? sooner : deletes;
    }

    private void Rename(string title)
    {
        Title = title;
        TitleFolded = Text.Fold(title);
    }

    private void Describe(string description)
    {
        Description = description;
        DescriptionFolded = Text.Fold(description);
    }

    private void Tag(IReadOnlyList<string> tags)
    {
        _tags.RemoveAll(tag => !tags.Contains(tag.Value, StringComparer.Ordinal));

        foreach (var (value, position) in tags.Distinct(StringComparer.Ordinal).Select((value, position) => (value, position)))
        {
            if (_tags.Find(tag => tag.Value == value) is { } kept)
                kept.MoveTo(position);
            else
                _tags.Add(new VideoTag(Id, value, position));
        }
    }

    private void SetMetadata(IReadOnlyList<KeyValuePair<string, string>> entries)
    {
        // Of a key that is given twice the last value counts, as in a JSON object.
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
            wanted[key] = value;

        _metadata.RemoveAll(entry => !wanted.ContainsKey(entry.Key));

        foreach (var ((key, value), position) in wanted.Select((pair, position) => (pair, position)))
        {
            if (_metadata.Find(entry => entry.Key == key) is { } kept)
                kept.Set(value, position);
            else
                _metadata.Add(new VideoMetadata(Id, key, value, position));
        }
    }

    private static string? Join(IReadOnlyList<string>? attributes) => attributes is { Count: > 0 } ? string.Join(',', attributes) : null;
}
