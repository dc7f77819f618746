using Latchkey.Platform.Access;
using Latchkey.Platform.Web;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Storage;
using Latchkey.Video.UploadTokens;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Uploads;

/// <summary>
/// Receives the body of one upload request: a whole source or a piece of one, for a video that is named by the route, by a field before or
/// behind the file, or not at all.
/// </summary>
internal sealed class UploadReceiver(
    VideoDb db,
    OpenUploads uploads,
    UploadRecorder recorder,
    UploadTargets targets,
    StorageRoom room,
    IEncodingStarter encoding
)
{
    private const string VideoIdField = "videoId";

    /// <summary>An upload by an API key, to the video of the route.</summary>
    public async Task<VideoObject> ReceiveAsync(
        HttpRequest request,
        KeyEnvironment environment,
        string videoId,
        CancellationToken cancellation
    )
    {
        var video = await db.FindVideoAsync(environment, videoId, cancellation);

        return await ReceiveAsync(request, new UploadSender(environment, null, null), video, cancellation);
    }

    /// <summary>An upload by a token, to the video that the body names, or to a new one.</summary>
    public async Task<VideoObject> ReceiveAsync(HttpRequest request, UploadToken token, CancellationToken cancellation)
    {
        var sender = new UploadSender(token.Environment, token, UploadTargets.MarkOf(request.HttpContext));
        var video = token.VideoId is null ? null : await db.FindVideoAsync(token.Environment, token.VideoId, cancellation);

        return await ReceiveAsync(request, sender, video, cancellation);
    }

    private async Task<VideoObject> ReceiveAsync(
        HttpRequest request,
        UploadSender sender,
        VideoObject? video,
        CancellationToken cancellation
    )
    {
        var range = ContentRange.Read(request);

        if (range is not null)
            Throw(RangeRules.Check(range));

        // Refused before the bytes come: they would only be thrown away.
        room.Claim(request.ContentLength ?? 0);

        var limit = Math.Min(sender.Token?.MaxBytes ?? long.MaxValue, uploads.MostBytes);

        UploadLease? lease = null;
        PieceWriter? piece = null;

        try
        {
            if (video is not null)
                await CheckSourceAsync(video.Id, range, cancellation);

            var form = await ReadAsync(
                request,
                limit,
                async (file, ending) =>
                {
                    video ??= await FindNamedAsync(file.FieldsBefore, sender, ending);

                    if (video is not null)
                        await CheckSourceAsync(video.Id, range, ending);

                    // Of a piece with a known video the place may be known; a whole body is always a source of its own.
                    lease =
                        range is not null && video is not null ? await uploads.JoinAsync(db, video.Id, ending)
                        : range is not null && await targets.GuessAsync(range, file.FileName, sender, ending) is { } guess
                            ? await uploads.JoinAsync(db, guess, ending)
                        : uploads.Start();

                    piece = lease.Upload.Begin(range);
                    await piece.WriteAsync(file.Content, ending, range is null && video is not null ? Begin : null);

                    void Begin(long arrived) =>
                        encoding.Begin(
                            video,
                            SourceFiles.Key(lease.Upload.SourceId),
                            new ReceivedBytes([new ByteRange(0, arrived)]),
                            length: null
                        );
                },
                cancellation
            );

            if (range is not null)
                Throw(RangeRules.CheckLength(range, piece!.Size));

            var named = await FindNamedAsync(form.Fields, sender, cancellation);

            if (video is not null && named is not null && named.Id != video.Id)
                throw new ProblemException(Problems.ResourceNotFound(VideoIdField));

            video ??= named;

            var arrived = new ArrivedPiece(lease!, piece!, range, form.FileName, limit);
            return await recorder.RecordAsync(arrived, video, sender, cancellation);
        }
        finally
        {
            if (range is null && video is not null)
                await encoding.EndUploadAsync(video.Id);
            if (piece is not null)
                await piece.DisposeAsync();
            if (lease is not null)
                await lease.DisposeAsync();
        }
    }

    private static async Task<MultipartForm> ReadAsync(
        HttpRequest request,
        long limit,
        Func<MultipartFile, CancellationToken, Task> onFile,
        CancellationToken cancellation
    )
    {
        try
        {
            return await MultipartUpload.ReadAsync(request, new MultipartLimits(limit), onFile, cancellation);
        }
        catch (MultipartException exception) when (UploadProblems.Of(exception, limit) is { } problem)
        {
            throw new ProblemException(problem);
        }
    }

    private async Task<VideoObject?> FindNamedAsync(
        IReadOnlyDictionary<string, string> fields,
        UploadSender sender,
        CancellationToken cancellation
    ) =>
        sender.Token is not null && fields.GetValueOrDefault(VideoIdField) is { Length: > 0 } videoId
            ? await db.FindVideoAsync(sender.Environment, videoId, cancellation)
            : null;

    private async Task CheckSourceAsync(string videoId, ContentRange? range, CancellationToken cancellation)
    {
        var source = await db
            .Sources.AsNoTracking()
            .Include(source => source.Parts)
            .FirstOrDefaultAsync(source => source.VideoId == videoId && source.State != SourceState.Failed, cancellation);

        Throw(RangeRules.CheckBeside(range, source));
    }

    private static void Throw(Problem? problem)
    {
        if (problem is not null)
            throw new ProblemException(problem);
    }
}

/// <param name="Token">What it came with, unless it came with an API key.</param>
/// <param name="Mark">Tells one client of a shared token from another.</param>
internal sealed record UploadSender(KeyEnvironment Environment, UploadToken? Token, string? Mark);

/// <summary>A piece, or a whole body, whose bytes are all there but of which no row speaks yet.</summary>
/// <param name="Limit">Bytes that the source may have.</param>
internal sealed record ArrivedPiece(UploadLease Lease, PieceWriter Piece, ContentRange? Range, string FileName, long Limit);
