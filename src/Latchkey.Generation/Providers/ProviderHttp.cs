using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Latchkey.Generation.Providers;

/// <summary>Calls to vendors' own interfaces, at addresses that the operator configured. Never follows a redirect with a key in hand.</summary>
internal sealed class ProviderHttp(IHttpClientFactory clients, TimeProvider time)
{
    /// <summary>For <see cref="IHttpClientFactory"/>.</summary>
    public const string Client = "generation-provider";

    /// <summary>Pictures come as base64 in the answer.</summary>
    private const int MaxBytes = 96 * 1024 * 1024;
    private const int CopyBufferSize = 128 * 1024;

    /// <returns>Whatever happened; throws only when <paramref name="cancellation"/> says so.</returns>
    public async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var client = clients.CreateClient(Client);

        try
        {
            using (request)
            {
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                var bytes = await ReadAsync(answer.Content, either.Token);

                return new ProviderAnswer(ProviderReach.Answered, (int)answer.StatusCode, Parse(bytes), RetryAfter(answer.Headers))
                {
                    IsWhole = bytes is not null,
                };
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(ProviderReach.Lost, 0, null, null) { Reason = "timed_out" };
        }
        catch (HttpRequestException failure)
        {
            return
                failure.HttpRequestError
                    is HttpRequestError.NameResolutionError
                        or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError
                ? new(ProviderReach.NotReached, 0, null, null) { Reason = "connect_failed" }
                : new(ProviderReach.Lost, 0, null, null) { Reason = "connection_lost" };
        }
        catch (IOException)
        {
            return new(ProviderReach.Lost, 0, null, null) { Reason = "connection_lost" };
        }
    }

    /// <summary>Writes a successful answer into a file.</summary>
    /// <returns>The status, or 0 without an answer; and where a redirect leads.</returns>
    public async Task<(int Status, string? Location)> DownloadAsync(
        HttpRequestMessage request,
        string path,
        long maxBytes,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var client = clients.CreateClient(Client);

        try
        {
            using (request)
            {
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);

                if (answer.IsSuccessStatusCode && !(answer.Content.Headers.ContentLength > maxBytes))
                {
                    await using var file = File.Create(path);
                    await using var body = await answer.Content.ReadAsStreamAsync(either.Token);
                    await CopyAsync(body, file, maxBytes, either.Token);
                }

                return ((int)answer.StatusCode, answer.Headers.Location?.ToString());
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (0, null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (0, null);
        }
    }

    private static async Task CopyAsync(Stream body, Stream file, long maxBytes, CancellationToken cancellation)
    {
        using var buffer = MemoryPool<byte>.Shared.Rent(CopyBufferSize);

        for (var total = 0L; await body.ReadAsync(buffer.Memory, cancellation) is var read and > 0; )
        {
            total += read;

            if (total > maxBytes)
                throw new IOException("The vendor sends more than can be a result.");

            await file.WriteAsync(buffer.Memory[..read], cancellation);
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > MaxBytes)
            return null;

        await content.LoadIntoBufferAsync(MaxBytes, cancellation);
        return await content.ReadAsByteArrayAsync(cancellation);
    }

    private static JsonNode? Parse(byte[]? bytes)
    {
        try
        {
            return bytes is null or { Length: 0 } ? null : JsonNode.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        var wait = headers.RetryAfter?.Delta ?? headers.RetryAfter?.Date - time.GetUtcNow();

        return wait is null ? null
            : wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1)
            : wait > TimeSpan.FromMinutes(10) ? TimeSpan.FromMinutes(10)
            : wait;
    }
}

internal enum ProviderReach
{
    Answered,

    /// <summary>Nothing was sent.</summary>
    NotReached,

    /// <summary>It may have arrived; there is no whole answer.</summary>
    Lost,
}

/// <param name="Json"><c>null</c> when the body is empty, or no JSON.</param>
internal sealed record ProviderAnswer(ProviderReach Reach, int Status, JsonNode? Json, TimeSpan? RetryAfter)
{
    public string? Reason { get; init; }

    public bool IsWhole { get; init; }

    public bool IsSuccess => Reach == ProviderReach.Answered && Status is >= 200 and < 300;

    /// <summary>The text at a path of property names; <c>null</c> when something on the way is missing or of another kind.</summary>
    public string? Text(params ReadOnlySpan<string> path) => JsonReading.Text(Json, path);
}

/// <summary>Reading of JSON from outside, which may hold anything.</summary>
internal static class JsonReading
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = node is JsonObject properties && properties.TryGetPropertyValue(name, out var next) ? next : null;

        return node;
    }

    /// <summary>A string, or a number as it is written.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number
            ? node.At(path)!.ToString()
            : null;

    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number)
            ? (int)number
            : null;
}
