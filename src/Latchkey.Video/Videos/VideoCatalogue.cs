using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Uploads;
using Latchkey.Video.UploadTokens;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Videos;

internal sealed class VideoCatalogue(IDbContextFactory<VideoDb> databases, VideoWire wire, IEncodingStatus encoding, TimeProvider time)
    : IVideoCatalogue
{
    public async Task<CreatedVideo> CreateVideoWithUploadTokenAsync(NewCatalogueVideo asked, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();

        var video = VideoObject.Create(
            new VideoDraft
            {
                Title = asked.Title,
                Description = asked.Description,
                Tags = asked.Tags,
            },
            asked.Environment,
            now
        );

        var ttl = (int)Math.Clamp(Math.Ceiling(asked.TokenLifetime.TotalSeconds), 1, int.MaxValue);
        var token = UploadToken.Issue(asked.Environment, ttl, now, video.Id, asked.MaxBytes);

        await using var db = await databases.CreateDbContextAsync(cancellation);
        db.Videos.Add(video);
        db.UploadTokens.Add(token);
        await db.SaveChangesAsync(cancellation);

        return new CreatedVideo(
            video.Id,
            token.Token,
            $"{asked.BaseUrl}/upload?token={token.Token}",
            await wire.AddressesAsync(video, asked.BaseUrl, cancellation)
        );
    }

    public async Task<VideoProgress?> GetStatusAsync(string videoId, string baseUrl, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        var video = await db
            .Videos.AsNoTracking()
            .SingleOrDefaultAsync(video => video.Id == videoId && video.DiscardedAt == null && video.Public, cancellation);

        if (video is null)
            return null;

        return new VideoProgress(
            video.Id,
            await StageAsync(db, videoId, cancellation),
            await wire.AddressesAsync(video, baseUrl, cancellation)
        );
    }

    private async Task<VideoProgressStage> StageAsync(VideoDb db, string videoId, CancellationToken cancellation)
    {
        var source = await db
            .Sources.AsNoTracking()
            .Where(source => source.VideoId == videoId)
            .OrderByDescending(source => source.CreatedAt)
            .FirstOrDefaultAsync(cancellation);

        switch (source?.State)
        {
            case null or SourceState.Uploading or SourceState.Importing:
                return VideoProgressStage.Uploading;
            case SourceState.Failed:
                return VideoProgressStage.Failed;
        }

        var status = await encoding.GetAsync(db, videoId, cancellation);

        return status.Playable ? VideoProgressStage.Playable
            : status.Qualities.Count == 0 ? VideoProgressStage.Uploaded
            : status.Qualities.All(quality => quality.Status == "failed") ? VideoProgressStage.Failed
            : VideoProgressStage.Processing;
    }
}
