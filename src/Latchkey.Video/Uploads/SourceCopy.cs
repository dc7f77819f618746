using System.Buffers;
using Latchkey.Platform.Files;

namespace Latchkey.Video.Uploads;

/// <summary>Copies bytes from one place of the store to another.</summary>
internal static class SourceCopy
{
    private const int BufferSize = 1024 * 1024;

    public static async Task RunAsync(
        IFileStore files,
        string key,
        long offset,
        IGrowingFile target,
        long targetOffset,
        long length,
        CancellationToken cancellation
    )
    {
        if (length == 0)
            return;

        await using var reader =
            await files.OpenAsync(key, cancellation) ?? throw new FileNotFoundException($"The uploaded part '{key}' is gone.");

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        try
        {
            for (var done = 0L; done < length; )
            {
                var wanted = (int)Math.Min(buffer.Length, length - done);
                var read = await reader.ReadAsync(offset + done, buffer.AsMemory(0, wanted), cancellation);

                if (read == 0)
                    throw new EndOfStreamException($"The uploaded part '{key}' is shorter than its row says.");

                await target.WriteAsync(targetOffset + done, buffer.AsMemory(0, read), cancellation);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
