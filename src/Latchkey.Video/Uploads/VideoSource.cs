namespace Latchkey.Video.Uploads;

internal enum SourceState
{
    /// <summary>Some of its parts are there.</summary>
    Uploading,

    /// <summary>All bytes are there, at their places in one file.</summary>
    Uploaded,

    /// <summary>Being fetched from an address.</summary>
    Importing,

    /// <summary>Could not be had; <see cref="VideoSource.FailureReason"/> says why.</summary>
    Failed,
}

internal enum SourceMode
{
    Whole,
    Parts,
    Bytes,
    Url,
    Copy,
}

/// <summary>The bytes of a video and how they came. One per upload, since a video may get another source after one failed.</summary>
internal sealed class VideoSource
{
    public const string IdPrefix = "upl_";

    private readonly List<ReceivedPart> _parts = [];

    private VideoSource() { }

    public string Id { get; private init; } = null!;

    public string VideoId { get; private init; } = null!;

    public SourceState State { get; private set; }

    public SourceMode Mode { get; private init; }

    /// <summary>Named reason, such as <c>dns_failed</c> or <c>http_404</c>, when <see cref="State"/> is failed.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>As the client named it, without folders.</summary>
    public string? FileName { get; private init; }

    /// <summary>Bytes of the whole file; <c>null</c> until all are there.</summary>
    public long? Size { get; private set; }

    /// <summary>The N of <c>part n/N</c>, once a part told it.</summary>
    public int? TotalParts { get; private set; }

    /// <summary>The total of <c>bytes from-to/total</c>, once a range told it.</summary>
    public long? TotalBytes { get; private set; }

    /// <summary>Where it is fetched from; the id of the copied video for a copy.</summary>
    public string? Origin { get; private init; }

    /// <summary>The upload token that it came with: the hash under which the token is found, not the token.</summary>
    public string? UploadTokenHash { get; private init; }

    /// <summary>Tells the clients of one upload token apart: a hash of address and user agent.</summary>
    public string? SenderMark { get; private init; }

    /// <summary>How often fetching was begun.</summary>
    public int Attempts { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Compare-and-swap: two requests, or two activations of a grain, cannot both move the row on.</summary>
    public int Version { get; private set; }

    public IReadOnlyList<ReceivedPart> Parts => _parts;

    /// <summary>Key of the file in the store.</summary>
    public string FileKey => SourceFiles.Key(Id);

    /// <summary>An upload that arrived in one body.</summary>
    public static VideoSource Whole(string id, string videoId, string? fileName, long size, string? tokenHash, DateTimeOffset now)
    {
        var source = New(id, videoId, SourceMode.Whole, now, fileName, tokenHash: tokenHash);
        source.Finish(size, now);
        return source;
    }

    public static VideoSource InPieces(
        string id,
        string videoId,
        SourceMode mode,
        string? fileName,
        string? tokenHash,
        string? senderMark,
        DateTimeOffset now
    ) => New(id, videoId, mode, now, fileName, tokenHash: tokenHash, senderMark: senderMark);

    public static VideoSource FromUrl(string videoId, string url, DateTimeOffset now)
    {
        var source = New(Api.Ids.New(IdPrefix), videoId, SourceMode.Url, now, origin: url);
        source.State = SourceState.Importing;
        return source;
    }

    public static VideoSource CopyOf(VideoSource original, string id, string videoId, DateTimeOffset now)
    {
        var source = New(id, videoId, SourceMode.Copy, now, original.FileName, origin: original.VideoId);
        source.Finish(original.Size!.Value, now);
        return source;
    }

    public ReceivedPart Receive(long number, long offset, long size, string? asideKey, DateTimeOffset now)
    {
        var part = new ReceivedPart(Id, number, offset, size, asideKey, now);

        _parts.Add(part);
        Touch(now);

        return part;
    }

    public void TellTotalParts(int total) => TotalParts ??= total;

    public void TellTotalBytes(long total) => TotalBytes ??= total;

    public void Finish(long size, DateTimeOffset now)
    {
        Size = size;
        State = SourceState.Uploaded;
        Touch(now);
    }

    public void Fail(string reason, DateTimeOffset now)
    {
        State = SourceState.Failed;
        FailureReason = reason;
        Touch(now);
    }

    public void BeginAttempt(DateTimeOffset now)
    {
        Attempts++;
        Touch(now);
    }

    public void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }

    private static VideoSource New(
        string id,
        string videoId,
        SourceMode mode,
        DateTimeOffset now,
        string? fileName = null,
        string? origin = null,
        string? tokenHash = null,
        string? senderMark = null
    ) =>
        new()
        {
            Id = id,
            VideoId = videoId,
            Mode = mode,
            FileName = fileName,
            Origin = origin,
            UploadTokenHash = tokenHash,
            SenderMark = senderMark,
            CreatedAt = now,
            UpdatedAt = now,
        };
}
