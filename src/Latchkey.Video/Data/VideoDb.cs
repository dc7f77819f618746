using Latchkey.Platform.Data;
using Latchkey.Platform.Webhooks;
using Latchkey.Video.Encoding;
using Latchkey.Video.Playback;
using Latchkey.Video.Thumbnails;
using Latchkey.Video.Uploads;
using Latchkey.Video.UploadTokens;
using Latchkey.Video.Videos;
using Latchkey.Video.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Data;

/// <summary>The module's rows. How each entity maps stands in a configuration beside it, or in <see cref="VideoMappings"/>.</summary>
internal sealed class VideoDb(DbContextOptions<VideoDb> options) : ModuleDb(options)
{
    public DbSet<VideoObject> Videos => Set<VideoObject>();

    public DbSet<VideoTag> Tags => Set<VideoTag>();

    public DbSet<VideoMetadata> Metadata => Set<VideoMetadata>();

    public DbSet<VideoSource> Sources => Set<VideoSource>();

    public DbSet<ReceivedPart> Parts => Set<ReceivedPart>();

    public DbSet<UploadToken> UploadTokens => Set<UploadToken>();

    public DbSet<VideoThumbnail> Thumbnails => Set<VideoThumbnail>();

    public DbSet<VideoWebhook> Webhooks => Set<VideoWebhook>();

    public DbSet<PlaybackTokenUse> PlaybackTokenUses => Set<PlaybackTokenUse>();

    public DbSet<PlaybackSession> PlaybackSessions => Set<PlaybackSession>();

    public DbSet<VideoSecret> Secrets => Set<VideoSecret>();

    public DbSet<VideoEncoding> Encodings => Set<VideoEncoding>();

    public DbSet<VideoEncodingRendition> EncodingRenditions => Set<VideoEncodingRendition>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(VideoDb).Assembly);
        modelBuilder.MapOutbox();
    }
}
