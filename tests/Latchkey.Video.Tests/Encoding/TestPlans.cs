using Latchkey.Video.Encoding;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>Plans of videos that nobody has: segments of four seconds, two encoded renditions, and sound.</summary>
internal static class TestPlans
{
    public static EncodingPlan Of(int segments) =>
        new()
        {
            Version = 1,
            Timescale = 1000,
            Boundaries = [.. Enumerable.Range(0, segments + 1).Select(boundary => boundary * 4000L)],
            SeekPoints = [.. Enumerable.Range(0, segments).Select(segment => segment * 4000L)],
            FrameCounts = [.. Enumerable.Repeat(100, segments)],
            Origin = 0,
            Video = [Rendition("240p", RenditionMethod.Encoded), Rendition("360p", RenditionMethod.Encoded)],
            Audio = new AudioRendition(
                RenditionMethod.Encoded,
                48000,
                2,
                [.. Enumerable.Range(0, segments + 1).Select(boundary => boundary * 188L)],
                128_000,
                "mp4a.40.2",
                FirstFrameAt: 0
            )
            {
                Stream = "1",
            },
            Source = new SourceFacts
            {
                Container = "mov",
                DurationSeconds = segments * 4,
                Width = 1280,
                Height = 720,
                VideoCodec = "h264",
                VideoStream = "0",
            },
        };

    public static VideoRendition Rendition(string name, RenditionMethod method) =>
        new(name, method, 426, 240, 25, 400_000, 300_000, "avc1.42c015", CompositionDelay: 0);
}
