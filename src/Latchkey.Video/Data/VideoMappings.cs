using Latchkey.Video.Playback;
using Latchkey.Video.Thumbnails;
using Latchkey.Video.Uploads;
using Latchkey.Video.UploadTokens;
using Latchkey.Video.Videos;
using Latchkey.Video.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Latchkey.Video.Data;

/// <summary>Tables, keys and indexes of what handlers write; what only grains write is mapped in <c>Encoding</c>.</summary>
internal sealed class VideoMappings
    : IEntityTypeConfiguration<VideoObject>,
        IEntityTypeConfiguration<VideoTag>,
        IEntityTypeConfiguration<VideoMetadata>,
        IEntityTypeConfiguration<VideoSource>,
        IEntityTypeConfiguration<ReceivedPart>,
        IEntityTypeConfiguration<UploadToken>,
        IEntityTypeConfiguration<VideoThumbnail>,
        IEntityTypeConfiguration<VideoWebhook>,
        IEntityTypeConfiguration<PlaybackTokenUse>,
        IEntityTypeConfiguration<PlaybackSession>,
        IEntityTypeConfiguration<VideoSecret>
{
    public void Configure(EntityTypeBuilder<VideoObject> videos)
    {
        videos.ToTable("video_videos").HasKey(video => video.Id);
        videos.HasMany(video => video.Tags).WithOne().HasForeignKey(tag => tag.VideoId).OnDelete(DeleteBehavior.Cascade);
        videos.HasMany(video => video.Metadata).WithOne().HasForeignKey(entry => entry.VideoId).OnDelete(DeleteBehavior.Cascade);
        videos.HasIndex(video => new
        {
            video.Environment,
            video.DiscardedAt,
            video.CreatedAt,
        });
        videos.HasIndex(video => video.DeletesAt);
        videos.HasIndex(video => video.LiveStreamId);
    }

    public void Configure(EntityTypeBuilder<VideoTag> tags)
    {
        tags.ToTable("video_tags").HasKey(tag => new { tag.VideoId, tag.Value });
        tags.HasIndex(tag => tag.Value);
    }

    public void Configure(EntityTypeBuilder<VideoMetadata> metadata)
    {
        metadata.ToTable("video_metadata").HasKey(entry => new { entry.VideoId, entry.Key });
        metadata.HasIndex(entry => new { entry.Key, entry.Value });
    }

    public void Configure(EntityTypeBuilder<VideoSource> sources)
    {
        sources.ToTable("video_sources").HasKey(source => source.Id);
        sources.Ignore(source => source.FileKey);
        sources.Property(source => source.Version).IsConcurrencyToken();
        sources.HasMany(source => source.Parts).WithOne().HasForeignKey(part => part.SourceId).OnDelete(DeleteBehavior.Cascade);
        sources.HasOne<VideoObject>().WithMany().HasForeignKey(source => source.VideoId).OnDelete(DeleteBehavior.Cascade);
        // A video has one source; another may follow only where one failed.
        sources.HasIndex(source => source.VideoId).IsUnique().HasFilter("\"State\" <> 'failed'");
        sources.HasIndex(source => source.State);
        sources.HasIndex(source => source.UploadTokenHash);
    }

    public void Configure(EntityTypeBuilder<ReceivedPart> parts)
    {
        parts.ToTable("video_received_parts").HasKey(part => new { part.SourceId, part.Number });
        parts.Ignore(part => part.End);
    }

    public void Configure(EntityTypeBuilder<UploadToken> tokens)
    {
        tokens.ToTable("video_upload_tokens").HasKey(token => token.Hash);
        tokens.HasIndex(token => new { token.Environment, token.CreatedAt });
        tokens.HasIndex(token => token.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<VideoThumbnail> thumbnails)
    {
        thumbnails.ToTable("video_thumbnails").HasKey(thumbnail => thumbnail.VideoId);
        thumbnails.HasOne<VideoObject>().WithOne().HasForeignKey<VideoThumbnail>(thumbnail => thumbnail.VideoId);
    }

    public void Configure(EntityTypeBuilder<VideoWebhook> webhooks)
    {
        webhooks.ToTable("video_webhooks").HasKey(webhook => webhook.Id);
        webhooks.Ignore(webhook => webhook.Events);
        webhooks.HasIndex(webhook => webhook.Environment);
    }

    public void Configure(EntityTypeBuilder<PlaybackTokenUse> uses)
    {
        uses.ToTable("video_playback_token_uses").HasKey(use => use.Token);
        uses.HasIndex(use => use.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<PlaybackSession> sessions)
    {
        sessions.ToTable("video_playback_sessions").HasKey(session => session.Hash);
        sessions.HasIndex(session => session.ExpiresAt);
    }

    public void Configure(EntityTypeBuilder<VideoSecret> secrets) => secrets.ToTable("video_secrets").HasKey(secret => secret.Name);
}
