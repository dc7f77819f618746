namespace Latchkey.Video.Encoding;

internal static class EncodingRows
{
    /// <summary>Renditions that were given up; <see cref="EncodingRecorder.Mp4"/> may be one of them.</summary>
    public static IQueryable<VideoEncodingRendition> FailedOf(this IQueryable<VideoEncodingRendition> renditions, string videoId) =>
        renditions.Where(rendition => rendition.VideoId == videoId && rendition.State == RenditionState.Failed);
}
