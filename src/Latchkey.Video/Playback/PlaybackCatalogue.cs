using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Uploads;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace Latchkey.Video.Playback;

/// <summary>What playback needs to know of a video, whoever asks.</summary>
/// <param name="Failed">It will never play: the source could not be had, or not be encoded.</param>
/// <param name="Finished">All is made that will be made of it.</param>
/// <param name="Planned"><c>null</c> while it does not play yet.</param>
/// <param name="OldestVersion">The lowest version of its plan whose files are there; others than the newest are for who began with them.</param>
/// <param name="FailedRenditions">Those that were given up; <c>mp4</c> may be one of them.</param>
/// <param name="ThumbnailKey">The picture the owner chose; <c>null</c> where the automatic one counts.</param>
/// <param name="PickedSeconds">Where the owner picked a frame that is not made yet.</param>
internal sealed record PlaybackVideo(
    string Id,
    string Title,
    bool Public,
    bool Mp4Support,
    bool Panoramic,
    bool Failed,
    bool Finished,
    PlannedVideo? Planned,
    int OldestVersion,
    IReadOnlyCollection<string> FailedRenditions,
    string? ThumbnailKey,
    double? PickedSeconds
)
{
    /// <summary>Whether a rendition was given up. Of an older version, what is there is there.</summary>
    public bool HasFailed(string rendition, int version) => Planned?.Plan.Version == version && FailedRenditions.Contains(rendition);

    /// <summary>Whether files of a version of its plan are for who asks.</summary>
    public bool Offers(string rendition, int version) =>
        Planned is { } planned && OldestVersion <= version && version <= planned.Plan.Version && !HasFailed(rendition, version);

    /// <summary>A file of which a video has one: while that of the newest version is not made, the one before it stands in.</summary>
    public async ValueTask<IStoredFileReader?> OpenNewestAsync(
        IFileStore files,
        Func<string, int, string> key,
        CancellationToken cancellation
    )
    {
        for (var version = Planned?.Plan.Version ?? 0; version >= OldestVersion && version > 0; version--)
        {
            if (await files.OpenAsync(key(Id, version), cancellation) is { } file)
            {
                return file;
            }
        }

        return null;
    }
}

/// <summary>Looks videos up for playback, and remembers them for a second: a viewer asks for a segment every few, a crowd for thousands.</summary>
internal sealed class PlaybackCatalogue(IDbContextFactory<VideoDb> databases, PlannedVideos planned) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private const int MostKept = 10_000;

    private readonly MemoryCache _videos = new(new MemoryCacheOptions { SizeLimit = MostKept });
    private long _changes;

    /// <summary>What is remembered now; <c>null</c> when it would have to be looked up.</summary>
    public PlaybackVideo? Remembered(string videoId) => _videos.TryGetValue(videoId, out PlaybackVideo? video) ? video : null;

    /// <returns><c>null</c> when there is no such video, or it is deleted.</returns>
    public async ValueTask<PlaybackVideo?> FindAsync(string videoId, CancellationToken cancellation)
    {
        if (Remembered(videoId) is { } video)
        {
            return video;
        }

        var changes = Volatile.Read(ref _changes);

        if (await ReadAsync(videoId, cancellation) is not { } read)
        {
            return null;
        }

        // A video that does not play yet is polled for the moment when it does: that answer is not kept. Nor is one that may be from before a
        // change that this node knows of.
        return read.Planned is null || changes != Volatile.Read(ref _changes)
            ? read
            : _videos.Set(videoId, read, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Kept, Size = 1 });
    }

    /// <summary>After a change that must show at once, such as a deletion.</summary>
    public void Forget(string videoId)
    {
        Interlocked.Increment(ref _changes);
        _videos.Remove(videoId);
    }

    public void Dispose() => _videos.Dispose();

    private async Task<PlaybackVideo?> ReadAsync(string videoId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await Row(db, videoId);

        return row is null
            ? null
            : new PlaybackVideo(
                videoId,
                row.Title,
                row.Public,
                row.Mp4Support,
                row.Panoramic,
                row.Encoding == EncodingState.Failed || (row.Encoding is null && row.SourceFailed),
                row.Encoding == EncodingState.Encoded,
                row.PlanVersion > 0 && row.Encoding is EncodingState.Waiting or EncodingState.Planned or EncodingState.Encoded
                    ? await planned.FindAsync(videoId, row.PlanVersion, cancellation)
                    : null,
                row.OldestVersion,
                row.HasFailed
                    ? await db.EncodingRenditions.FailedOf(videoId).Select(rendition => rendition.Name).ToListAsync(cancellation)
                    : [],
                row.ThumbnailKey,
                row.PickedSeconds
            );
    }

    private static readonly Func<VideoDb, string, Task<CatalogueRow?>> Row = EF.CompileAsyncQuery(
        (VideoDb db, string videoId) =>
            db
                .Videos.Where(video => video.Id == videoId && video.DiscardedAt == null)
                .Select(video => new CatalogueRow
                {
                    Title = video.Title,
                    Public = video.Public,
                    Mp4Support = video.Mp4Support,
                    Panoramic = video.Panoramic,
                    Encoding = db
                        .Encodings.Where(encoding => encoding.VideoId == videoId)
                        .OrderBy(encoding => encoding.VideoId)
                        .Select(encoding => (EncodingState?)encoding.State)
                        .FirstOrDefault(),
                    PlanVersion = db
                        .Encodings.Where(encoding => encoding.VideoId == videoId)
                        .OrderBy(encoding => encoding.VideoId)
                        .Select(encoding => encoding.PlanVersion)
                        .FirstOrDefault(),
                    OldestVersion = db
                        .Encodings.Where(encoding => encoding.VideoId == videoId)
                        .OrderBy(encoding => encoding.VideoId)
                        .Select(encoding => encoding.OldestVersion)
                        .FirstOrDefault(),
                    HasFailed = db.EncodingRenditions.Any(rendition =>
                        rendition.VideoId == videoId && rendition.State == RenditionState.Failed
                    ),
                    SourceFailed = db.Sources.Any(source => source.VideoId == videoId && source.State == SourceState.Failed),
                    ThumbnailKey = db
                        .Thumbnails.Where(thumbnail => thumbnail.VideoId == videoId)
                        .OrderBy(thumbnail => thumbnail.VideoId)
                        .Select(thumbnail => thumbnail.FileKey)
                        .FirstOrDefault(),
                    PickedSeconds = db
                        .Thumbnails.Where(thumbnail => thumbnail.VideoId == videoId && thumbnail.FileKey == null)
                        .OrderBy(thumbnail => thumbnail.VideoId)
                        .Select(thumbnail => thumbnail.Seconds)
                        .FirstOrDefault(),
                })
                .SingleOrDefault()
    );

    private sealed class CatalogueRow
    {
        public required string Title { get; init; }
        public bool Public { get; init; }
        public bool Mp4Support { get; init; }
        public bool Panoramic { get; init; }
        public EncodingState? Encoding { get; init; }
        public int PlanVersion { get; init; }
        public int OldestVersion { get; init; }
        public bool HasFailed { get; init; }
        public bool SourceFailed { get; init; }
        public string? ThumbnailKey { get; init; }
        public double? PickedSeconds { get; init; }
    }
}
