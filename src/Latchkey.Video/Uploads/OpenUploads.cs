using System.Collections.Concurrent;
using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Latchkey.Video.Storage;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Uploads;

/// <summary>
/// The uploads that requests of this process are working on. One process owns a data folder, so who writes where is settled here, and
/// what was received is settled by rows.
/// </summary>
internal sealed class OpenUploads(IFileStore files, StorageRoom room, LatchkeySettings settings)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OpenUpload> _byVideo = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _active = new(StringComparer.Ordinal);

    /// <summary>Files of uploads that changed before this, and that no row speaks of, are nobody's: the process that wrote them is dead.</summary>
    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>The largest source, in bytes.</summary>
    public long MostBytes { get; } = settings.Long(VideoSettings.MaxSingleUpload);

    /// <summary>Whether requests are working on files of this upload, so that nobody else may touch them.</summary>
    public bool IsActive(string sourceId) => _active.ContainsKey(sourceId);

    /// <summary>An upload whose video is not known yet, or a whole body.</summary>
    public UploadLease Start() => new(this, null, Use(new OpenUpload(Ids.New(VideoSource.IdPrefix), files, room, MostBytes)));

    /// <summary>Joins the upload in pieces of a video, begun now or earlier.</summary>
    public async Task<UploadLease> JoinAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        while (true)
        {
            OpenUpload? upload;

            lock (_lock)
            {
                if (!_byVideo.TryGetValue(videoId, out upload))
                    _byVideo[videoId] = upload = new OpenUpload(Ids.New(VideoSource.IdPrefix), files, room, MostBytes);

                upload.Users++;
            }

            var lease = new UploadLease(this, videoId, upload);

            try
            {
                await LoadAsync(db, upload, videoId, cancellation);

                if (!upload.IsReplaced)
                    return lease;
            }
            catch
            {
                await lease.DisposeAsync();
                throw;
            }

            await lease.DisposeAsync();
        }
    }

    /// <summary>Makes an upload that was begun without a video the one of this video; <c>false</c> when the video has one already.</summary>
    public async Task<bool> TryAdoptAsync(VideoDb db, UploadLease lease, string videoId, CancellationToken cancellation)
    {
        var upload = lease.Upload;

        lock (_lock)
        {
            if (!_byVideo.TryAdd(videoId, upload))
                return false;

            lease.VideoId = videoId;
        }

        await upload.Turn.WaitAsync(cancellation);

        try
        {
            if (!await FindOpenSource(db, videoId).AnyAsync(cancellation))
                return true;

            // Begun by requests that have ended since: whoever has joined this one meanwhile looks again.
            upload.IsReplaced = true;

            lock (_lock)
            {
                _byVideo.Remove(videoId);
                lease.VideoId = null;
            }

            return false;
        }
        finally
        {
            upload.Turn.Release();
        }
    }

    /// <summary>The video is deleted: its uploads end.</summary>
    public void Stop(string videoId)
    {
        lock (_lock)
        {
            if (_byVideo.TryGetValue(videoId, out var upload))
                upload.Stop();
        }
    }

    /// <summary>A request is done with an upload; the last one closes it.</summary>
    public async ValueTask LeaveAsync(OpenUpload upload, string? videoId)
    {
        lock (_lock)
        {
            if (--upload.Users > 0)
                return;

            if (videoId is not null && _byVideo.TryGetValue(videoId, out var known) && known == upload)
                _byVideo.Remove(videoId);
        }

        await upload.DisposeAsync();

        if (upload.IsLoaded && _active.AddOrUpdate(upload.SourceId, 0, (_, users) => users - 1) <= 0)
            _active.TryRemove(new KeyValuePair<string, int>(upload.SourceId, 0));
    }

    private OpenUpload Use(OpenUpload upload)
    {
        upload.IsLoaded = true;
        upload.Users++;
        Mark(upload);
        return upload;
    }

    private void Mark(OpenUpload upload) => _active.AddOrUpdate(upload.SourceId, 1, (_, users) => users + 1);

    private async Task LoadAsync(VideoDb db, OpenUpload upload, string videoId, CancellationToken cancellation)
    {
        await upload.Turn.WaitAsync(cancellation);

        try
        {
            if (upload.IsLoaded || upload.IsReplaced)
                return;

            if (await FindOpenSource(db, videoId).Include(source => source.Parts).FirstOrDefaultAsync(cancellation) is { } source)
                upload.Load(source);

            upload.IsLoaded = true;
            Mark(upload);
        }
        finally
        {
            upload.Turn.Release();
        }
    }

    private static IQueryable<VideoSource> FindOpenSource(VideoDb db, string videoId) =>
        db.Sources.AsNoTracking().Where(source => source.VideoId == videoId && source.State == SourceState.Uploading);
}

/// <summary>One request's share in an upload.</summary>
internal sealed class UploadLease(OpenUploads uploads, string? videoId, OpenUpload upload) : IAsyncDisposable
{
    public OpenUpload Upload { get; } = upload;

    public string? VideoId { get; set; } = videoId;

    public ValueTask DisposeAsync() => uploads.LeaveAsync(Upload, VideoId);
}
