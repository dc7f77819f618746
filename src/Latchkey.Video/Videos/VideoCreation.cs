using Latchkey.Platform.Access;
using Latchkey.Platform.Files;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Uploads;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Videos;

/// <summary>Makes a video from nothing, from an address, or as a copy of another video.</summary>
internal sealed class VideoCreation(VideoDb db, IFileStore files, IEncodingStarter encoding, ISourceImports imports, TimeProvider time)
{
    /// <exception cref="ProblemException">The source is neither an address nor a video that can be copied.</exception>
    public Task<VideoObject> CreateAsync(VideoDraft draft, KeyEnvironment environment, CancellationToken cancellation)
    {
        var video = VideoObject.Create(draft, environment, time.GetUtcNow());
        db.Videos.Add(video);

        return draft.Source switch
        {
            null => WithoutSourceAsync(video, cancellation),
            var url when IsWebAddress(url) => FromUrlAsync(video, url, cancellation),
            var id when id.StartsWith(VideoObject.IdPrefix, StringComparison.Ordinal) => CopyAsync(video, id, cancellation),
            _ => throw InvalidSource("This attribute must be an http or https address, or the id of a video."),
        };
    }

    private async Task<VideoObject> WithoutSourceAsync(VideoObject video, CancellationToken cancellation)
    {
        await db.SaveChangesAsync(cancellation);
        return video;
    }

    private async Task<VideoObject> FromUrlAsync(VideoObject video, string url, CancellationToken cancellation)
    {
        var source = VideoSource.FromUrl(video.Id, url, time.GetUtcNow());

        db.Sources.Add(source);
        await db.SaveChangesAsync(cancellation);
        await imports.StartAsync(source.Id);

        return video;
    }

    private async Task<VideoObject> CopyAsync(VideoObject video, string originalId, CancellationToken cancellation)
    {
        var original =
            await db
                .Sources.AsNoTracking()
                .Where(source =>
                    source.VideoId == originalId
                    && source.State == SourceState.Uploaded
                    && db.VideosOf(video.Environment).Any(owner => owner.Id == originalId)
                )
                .SingleOrDefaultAsync(cancellation)
            ?? throw InvalidSource("There is no video with this id whose source is complete.");

        var now = time.GetUtcNow();
        var copy = VideoSource.CopyOf(original, Ids.New(VideoSource.IdPrefix), video.Id, now);

        // The file first: a row whose file is missing would be a promise that is not kept; a file without a row is swept away.
        await files.LinkAsync(original.FileKey, copy.FileKey, cancellation);

        db.Sources.Add(copy);
        encoding.Request(db, video, copy, now);
        await db.SaveChangesAsync(cancellation);
        await encoding.StartAsync(video.Id, cancellation);

        return video;
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0;

    private static ProblemException InvalidSource(string detail) => new(Problems.InvalidAttribute("source", detail));
}
