using System.Security.Cryptography;
using Latchkey.Platform.Web;
using Latchkey.Video.Data;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Uploads;

/// <summary>
/// Finds the video of a piece that names none. Clients exist that send <c>part 2/3</c> with an upload token alone (nodejs-client#216):
/// the piece belongs to the upload that the same client began with the same token, file name and total, and that lacks this piece.
/// </summary>
internal sealed class UploadTargets(VideoDb db)
{
    /// <summary>The video that the piece would belong to if nothing else is said.</summary>
    public async Task<string?> FindAsync(ContentRange range, string fileName, UploadSender sender, CancellationToken cancellation) =>
        await Candidates(range, sender)
            .Where(source => source.FileName == fileName && source.SenderMark == sender.Mark)
            .OrderByDescending(source => source.CreatedAt)
            .Select(source => source.VideoId)
            .FirstOrDefaultAsync(cancellation);

    /// <summary>
    /// A guess at the video before the body's last field is read, so that the bytes can go straight to their place. A wrong one costs a
    /// copy of this piece, nothing else.
    /// </summary>
    public async Task<string?> GuessAsync(ContentRange range, string fileName, UploadSender sender, CancellationToken cancellation)
    {
        if (sender.Token is null)
            return null;

        if (await FindAsync(range, fileName, sender, cancellation) is { } found)
            return found;

        var others = await Candidates(range, sender).Select(source => source.VideoId).Take(2).ToListAsync(cancellation);

        return others.Count == 1 ? others[0] : null;
    }

    /// <summary>Tells the clients of one token apart without keeping who they are.</summary>
    public static string MarkOf(HttpContext context) =>
        Convert.ToHexStringLower(
            SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{ClientAddress.ForLimits(context)}\n{context.Request.Headers.UserAgent}"))
        );

    private IQueryable<VideoSource> Candidates(ContentRange range, UploadSender sender)
    {
        var hash = sender.Token!.Hash;
        var open = db
            .Sources.AsNoTracking()
            .Where(source => source.UploadTokenHash == hash && source.State == SourceState.Uploading && source.Mode == range.Mode)
            .Where(source => db.VideosOf(sender.Environment).Any(video => video.Id == source.VideoId));

        if (range.Mode == SourceMode.Bytes)
            return open.Where(source =>
                (source.TotalBytes == null || range.Total == null || source.TotalBytes == range.Total)
                && !source.Parts.Any(part => part.Number <= range.Last && range.Number < part.Number + part.Size)
            );

        return open.Where(source =>
            (source.TotalParts == null || range.Total == null || source.TotalParts == range.Total)
            && !source.Parts.Any(part => part.Number == range.Number)
        );
    }
}
