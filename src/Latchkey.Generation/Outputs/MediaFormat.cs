namespace Latchkey.Generation.Outputs;

/// <summary>What a file is, by its first bytes, whatever its name or sender says.</summary>
/// <param name="Demuxer">ffmpeg's.</param>
internal sealed record MediaFormat(string ContentType, string Extension, MediaClass Class, string Demuxer)
{
    /// <summary>Bytes that are needed to tell.</summary>
    public const int HeadLength = 16;

    private static readonly MediaFormat Png = new("image/png", "png", MediaClass.Picture, "png_pipe");
    private static readonly MediaFormat Jpeg = new("image/jpeg", "jpg", MediaClass.Picture, "jpeg_pipe");
    private static readonly MediaFormat WebP = new("image/webp", "webp", MediaClass.Picture, "webp_pipe");
    private static readonly MediaFormat Gif = new("image/gif", "gif", MediaClass.Picture, "gif");
    private static readonly MediaFormat Mp4 = new("video/mp4", "mp4", MediaClass.Clip, "mov");
    private static readonly MediaFormat Mov = new("video/quicktime", "mov", MediaClass.Clip, "mov");
    private static readonly MediaFormat WebM = new("video/webm", "webm", MediaClass.Clip, "matroska");
    private static readonly MediaFormat M4a = new("audio/mp4", "m4a", MediaClass.Sound, "mov");
    private static readonly MediaFormat Wav = new("audio/wav", "wav", MediaClass.Sound, "wav");
    private static readonly MediaFormat Mp3 = new("audio/mpeg", "mp3", MediaClass.Sound, "mp3");

    public static MediaFormat? Of(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Gif,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => WebP,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => Wav,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'M', (byte)'4', (byte)'A', ..] => M4a,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', (byte)'q', (byte)'t', ..] => Mov,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => Mp4,
            [0x1A, 0x45, 0xDF, 0xA3, ..] => WebM,
            [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..] => Mp3,
            _ => null,
        };

    public static async Task<MediaFormat?> OfFileAsync(string path, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        await using var file = File.OpenRead(path);
        var read = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);

        return Of(head.AsSpan(0, read));
    }
}

internal enum MediaClass
{
    Picture,
    Clip,
    Sound,
}
