using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Videos;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Uploads;

/// <summary>
/// Writes the rows of bytes that are safe on disk, never before. The last piece completes the source: the request for encoding is a row of
/// the same transaction.
/// </summary>
internal sealed class UploadRecorder(
    VideoDb db,
    OpenUploads uploads,
    UploadTargets targets,
    TokenTurns turns,
    SourceCompletion completion,
    IEncodingStarter encoding,
    TimeProvider time
)
{
    /// <param name="video">As the request named it; <c>null</c> when it named none.</param>
    public async Task<VideoObject> RecordAsync(
        ArrivedPiece arrived,
        VideoObject? video,
        UploadSender sender,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();

        // All bytes are there: a caller who goes away now must not leave a transaction of which nobody knows whether it was committed.
        cancellation = CancellationToken.None;

        // Of pieces that name no video, the first to be recorded makes it, and the others must see that.
        using var turn = video is null && arrived.Range is not null ? await turns.EnterAsync(sender.Token!.Hash, cancellation) : null;

        if (
            video is null
            && arrived.Range is { } range
            && await targets.FindAsync(range, arrived.FileName, sender, cancellation) is { } found
        )
            video = await db.FindVideoAsync(sender.Environment, found, cancellation);

        video ??= AddVideo(arrived.FileName, sender);

        var isComplete = arrived.Range is null
            ? await RecordWholeAsync(arrived, video, sender, cancellation)
            : await RecordPieceAsync(arrived, video, sender, cancellation);

        if (isComplete)
            await encoding.StartAsync(video.Id, CancellationToken.None);

        return video;
    }

    private VideoObject AddVideo(string fileName, UploadSender sender)
    {
        var video = VideoObject.Create(new VideoDraft { Title = fileName }, sender.Environment, time.GetUtcNow());
        db.Videos.Add(video);
        return video;
    }

    private async Task<bool> RecordWholeAsync(ArrivedPiece arrived, VideoObject video, UploadSender sender, CancellationToken cancellation)
    {
        var upload = arrived.Lease.Upload;
        var (file, now) = (await upload.FileAsync(cancellation), time.GetUtcNow());

        await file.CompleteAsync(arrived.Piece.Size, cancellation);
        await encoding.EndUploadAsync(video.Id);

        await using var others = await uploads.JoinAsync(db, video.Id, cancellation);
        await others.Upload.Turn.WaitAsync(cancellation);

        try
        {
            await EnsureThereAsync(video, cancellation);
            Throw(RangeRules.CheckBeside(null, await FindSourceAsync(video.Id, cancellation)));

            var source = VideoSource.Whole(upload.SourceId, video.Id, arrived.FileName, arrived.Piece.Size, sender.Token?.Hash, now);

            db.Sources.Add(source);
            video.Touch(now);
            encoding.Request(db, video, source, now);
            await db.SaveChangesAsync(cancellation);

            arrived.Piece.Keep();
            upload.IsStored = true;
        }
        finally
        {
            others.Upload.Turn.Release();
        }

        return true;
    }

    private async Task<bool> RecordPieceAsync(ArrivedPiece arrived, VideoObject video, UploadSender sender, CancellationToken cancellation)
    {
        await using var joined = await SettleInAsync(arrived, video, cancellation);
        var upload = arrived.Piece.Upload;

        await upload.Turn.WaitAsync(cancellation);

        try
        {
            await EnsureThereAsync(video, cancellation);
            var source = await FindSourceAsync(video.Id, cancellation);
            Throw(RangeRules.CheckBeside(arrived.Range, source));

            if (source is null)
                db.Sources.Add(source = NewSource(arrived, upload, video, sender));

            var part = Receive(source, arrived);
            var isComplete = SourceCompletion.IsDue(source);

            if (isComplete)
                await encoding.EndUploadAsync(video.Id);

            // The usual case: everything lies where it belongs, and one transaction says that the source is there.
            if (isComplete && SourceCompletion.IsArranged(source))
                await completion.FinishAsync(db, upload, video, source, arrived.Piece, cancellation);
            else
                await db.SaveChangesAsync(cancellation);

            arrived.Piece.Keep();
            upload.IsStored = true;
            upload.Layout.Settle(arrived.Piece.Span, part.Number, part.Size, source.Mode, part.Number == source.TotalParts);

            if (!isComplete)
                encoding.Begin(video, source.FileKey, SourceCompletion.Arranged(source), source.TotalBytes);

            if (isComplete && source.State == SourceState.Uploading)
            {
                await completion.ArrangeAsync(db, upload, source, arrived.Piece, cancellation);
                await completion.FinishAsync(db, upload, video, source, arrived.Piece, cancellation);
            }

            return isComplete;
        }
        finally
        {
            upload.Turn.Release();
        }
    }

    /// <summary>Brings a piece that was received without knowing its video to the upload of that video.</summary>
    private async Task<UploadLease?> SettleInAsync(ArrivedPiece arrived, VideoObject video, CancellationToken cancellation)
    {
        if (arrived.Lease.VideoId == video.Id)
            return null;

        if (arrived.Lease.VideoId is null && await uploads.TryAdoptAsync(db, arrived.Lease, video.Id, cancellation))
            return null;

        var joined = await uploads.JoinAsync(db, video.Id, cancellation);

        try
        {
            await arrived.Piece.MoveToAsync(joined.Upload, cancellation);
            return joined;
        }
        catch
        {
            await joined.DisposeAsync();
            throw;
        }
    }

    private VideoSource NewSource(ArrivedPiece arrived, OpenUpload upload, VideoObject video, UploadSender sender) =>
        VideoSource.InPieces(
            upload.SourceId,
            video.Id,
            arrived.Range!.Mode,
            arrived.FileName,
            sender.Token?.Hash,
            sender.Mark,
            time.GetUtcNow()
        );

    private ReceivedPart Receive(VideoSource source, ArrivedPiece arrived)
    {
        var (range, piece) = (arrived.Range!, arrived.Piece);

        if (source.Parts.Sum(part => part.Size) + piece.Size > arrived.Limit)
            throw new ProblemException(Problems.FileTooLarge(arrived.Limit));

        if (range.Total is { } total && range.Mode == SourceMode.Parts)
            source.TellTotalParts((int)total);
        else if (range.Total is { } bytes)
            source.TellTotalBytes(bytes);

        return source.Receive(range.Number, piece.Offset, piece.Size, piece.AsideKey, time.GetUtcNow());
    }

    /// <summary>It may have been deleted since its bytes began to arrive.</summary>
    private async Task EnsureThereAsync(VideoObject video, CancellationToken cancellation)
    {
        var isNew = db.Entry(video).State == EntityState.Added;

        if (!isNew && !await db.VideosOf(video.Environment).AnyAsync(known => known.Id == video.Id, cancellation))
            throw new ProblemException(Problems.ResourceNotFound("videoId"));
    }

    private Task<VideoSource?> FindSourceAsync(string videoId, CancellationToken cancellation) =>
        db
            .Sources.Include(source => source.Parts)
            .FirstOrDefaultAsync(source => source.VideoId == videoId && source.State != SourceState.Failed, cancellation);

    private static void Throw(Problem? problem)
    {
        if (problem is not null)
            throw new ProblemException(problem);
    }
}
