using Latchkey.Platform.Files;
using Latchkey.Video.Api;
using Latchkey.Video.Encoding;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Thumbnails;

/// <summary>Makes the JPEG that is served out of a picture that somebody sent: judged by its bytes, and always made anew.</summary>
internal sealed class UploadedPictures(Pictures pictures)
{
    private const string Accepted = "jpeg, jpg, png, webp";
    private const int HeaderLength = 12;

    /// <summary>The path of a JPEG in the scratch folder.</summary>
    /// <exception cref="ProblemException">It is no picture, or of another kind.</exception>
    public async Task<string> ToJpegAsync(string path, ScratchFolder scratch, CancellationToken cancellation)
    {
        if (!await IsAcceptedAsync(path, cancellation))
            throw new ProblemException(Problems.InvalidExtension(Accepted));

        var jpeg = scratch.File("thumbnail.jpg");

        try
        {
            await pictures.ConvertAsync(path, jpeg, cancellation);
        }
        catch (MediaException)
        {
            throw new ProblemException(Problems.InvalidFile("The picture cannot be read."));
        }

        return jpeg;
    }

    private static async Task<bool> IsAcceptedAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        var header = new byte[HeaderLength];
        var length = await file.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellation);
        var start = header.AsSpan(0, length);

        return start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
            || start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
            || (start.StartsWith("RIFF"u8) && start[8..].SequenceEqual("WEBP"u8));
    }
}
