using Latchkey.Generation.Generations;
using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Bodies;

/// <summary>The bodies of everything but orders: a few values.</summary>
internal static class SmallBodies
{
    private const int MostBytes = 1024 * 1024;
    private const int Chunk = 16 * 1024;

    /// <exception cref="BadHttpRequestException">It is no small one: 413.</exception>
    public static async Task<byte[]> ReadBytesAsync(this HttpRequest request, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[Chunk];

        while (await request.Body.ReadAsync(buffer, cancellation) is var read and > 0)
        {
            if (bytes.Length + read > MostBytes)
                throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    /// <exception cref="BadHttpRequestException">It is no small one: 413.</exception>
    public static async Task<(OrderBody? Body, GenerationProblem? Problem)> ReadValuesAsync(
        this HttpRequest request,
        CancellationToken cancellation
    ) => OrderBody.Parse(await request.ReadBytesAsync(cancellation));
}
