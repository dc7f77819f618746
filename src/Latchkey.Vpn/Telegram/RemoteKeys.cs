using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Latchkey.Vpn.Telegram;

/// <summary>The keys behind the API of a server elsewhere. What fails on the way is tried three times, with growing pauses.</summary>
internal sealed class RemoteKeys : IBotKeys
{
    private const int Attempts = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http;
    private readonly BotFile _file;
    private readonly TimeProvider _time;

    /// <param name="http">Follows no redirects: the secret is for the address in the file alone.</param>
    public RemoteKeys(HttpClient http, BotFile file, TimeProvider time)
    {
        _http = http;
        _file = file;
        _time = time;
    }

    public async Task<BotKey> CreateAsync(string name, string requestName, CancellationToken cancellation) =>
        Of(
            await SendAsync(
                HttpMethod.Post,
                "",
                RemoteJson.Default.RemoteKey,
                cancellation,
                request =>
                {
                    request.Content = JsonContent.Create(new RemoteKeyRequest(name), RemoteJson.Default.RemoteKeyRequest);
                    request.Headers.Add("Idempotency-Key", requestName);
                }
            ) ?? throw new BotKeysException("The API has no /api/keys")
        );

    public async Task<BotKey?> FindAsync(long id, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, PathOf(id), RemoteJson.Default.RemoteKey, cancellation) is { } key ? Of(key) : null;

    public async Task<BotKeyPage> ListAsync(int offset, int limit, CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?offset={offset}&limit={limit}");
        var list =
            await SendAsync(HttpMethod.Get, query, RemoteJson.Default.RemoteKeyList, cancellation)
            ?? throw new BotKeysException("The API has no /api/keys");

        // An API that knows no pages answers with all.
        var page = list.Keys.Count > limit ? list.Keys.Skip(offset).Take(limit) : list.Keys;

        return new BotKeyPage([.. page.Select(Of)], list.Total);
    }

    public async Task<string?> LinkAsync(long id, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Get, PathOf(id, "/link"), RemoteJson.Default.RemoteLink, cancellation))?.VlessLink;

    public async Task<BotTraffic?> TrafficAsync(long id, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Get, PathOf(id, "/traffic"), RemoteJson.Default.RemoteTraffic, cancellation) is { } traffic
            ? new BotTraffic(traffic.Upload, traffic.Download)
            : null;

    public async Task<BotTraffic?> ResetTrafficAsync(long id, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Post, PathOf(id, "/traffic/reset"), RemoteJson.Default.RemoteReset, cancellation) is { } reset
            ? new BotTraffic(reset.PreviousUpload, reset.PreviousDownload)
            : null;

    public async Task<bool> DeleteAsync(long id, CancellationToken cancellation) =>
        await SendAsync(HttpMethod.Delete, PathOf(id), RemoteJson.Default.RemoteDeletion, cancellation) is { Success: true };

    private static string PathOf(long id, string rest = "") => string.Create(CultureInfo.InvariantCulture, $"/{id}{rest}");

    /// <returns><c>null</c> when the API says that there is no such key.</returns>
    private async Task<T?> SendAsync<T>(
        HttpMethod method,
        string path,
        JsonTypeInfo<T> type,
        CancellationToken cancellation,
        Action<HttpRequestMessage>? prepare = null
    )
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, failure) = await TryAsync(method, path, type, prepare, cancellation);

            if (failure is null)
                return answer;

            if (!failure.IsPassing || attempt == Attempts)
                throw new BotKeysException(failure.Text);

            await Task.Delay(FirstPause * attempt, _time, cancellation);
        }
    }

    private async Task<(T? Answer, Failure? Failure)> TryAsync<T>(
        HttpMethod method,
        string path,
        JsonTypeInfo<T> type,
        Action<HttpRequestMessage>? prepare,
        CancellationToken cancellation
    )
        where T : class
    {
        using var request = new HttpRequestMessage(method, new Uri($"{_file.Address}/api/keys{path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _file.ApiKey);
        prepare?.Invoke(request);

        try
        {
            using var response = await _http.SendAsync(request, cancellation);

            if (response.IsSuccessStatusCode)
                return (await response.Content.ReadFromJsonAsync(type, cancellation), null);

            var detail = await DetailAsync(response, cancellation);

            // Not Found alone would be an address that is wrong, and no word about the key.
            return response.StatusCode == HttpStatusCode.NotFound && detail?.StartsWith("Key ", StringComparison.Ordinal) == true
                ? (null, null)
                : (null, new Failure($"The API answers {(int)response.StatusCode}: {detail}", IsPassing(response.StatusCode)));
        }
        catch (HttpRequestException failure)
        {
            return (null, new Failure($"The API cannot be reached ({failure.HttpRequestError})", IsPassing: true));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, new Failure("The API does not answer in time", IsPassing: true));
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            return (null, new Failure("The API does not answer as the Veil Xray API does", IsPassing: false));
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError;

    private static async Task<string?> DetailAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync(RemoteJson.Default.RemoteProblem, cancellation))?.Detail;
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    private static BotKey Of(RemoteKey key) => new(key.KeyId, key.Uuid, key.Name, key.IsActive);

    private sealed record Failure(string Text, bool IsPassing);
}

internal sealed record RemoteKeyRequest(string Name);

internal sealed record RemoteKey(long KeyId, string Uuid, string? Name, bool IsActive);

internal sealed record RemoteKeyList(IReadOnlyList<RemoteKey> Keys, int Total);

internal sealed record RemoteLink(string VlessLink);

internal sealed record RemoteTraffic(long Upload, long Download);

internal sealed record RemoteReset(long PreviousUpload, long PreviousDownload);

internal sealed record RemoteDeletion(bool Success);

internal sealed record RemoteProblem(string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RemoteKeyRequest))]
[JsonSerializable(typeof(RemoteKey))]
[JsonSerializable(typeof(RemoteKeyList))]
[JsonSerializable(typeof(RemoteLink))]
[JsonSerializable(typeof(RemoteTraffic))]
[JsonSerializable(typeof(RemoteReset))]
[JsonSerializable(typeof(RemoteDeletion))]
[JsonSerializable(typeof(RemoteProblem))]
internal sealed partial class RemoteJson : JsonSerializerContext;
