using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Latchkey.Video.Encoding;

internal sealed class VideoEncodingConfiguration : IEntityTypeConfiguration<VideoEncoding>, IEntityTypeConfiguration<VideoEncodingRendition>
{
    public void Configure(EntityTypeBuilder<VideoEncoding> builder)
    {
        builder.ToTable("video_encodings");
        builder.HasKey(encoding => encoding.VideoId);
        builder.Property(encoding => encoding.Version).IsConcurrencyToken();
        builder.HasIndex(encoding => encoding.State);
    }

    public void Configure(EntityTypeBuilder<VideoEncodingRendition> builder)
    {
        builder.ToTable("video_encoding_renditions");
        builder.HasKey(rendition => new { rendition.VideoId, rendition.Name });
    }
}
