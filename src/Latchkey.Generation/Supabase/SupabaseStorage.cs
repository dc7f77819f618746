using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Providers;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Supabase;

/// <summary>The project's bucket of finished files (https://supabase.com/docs/guides/storage).</summary>
internal sealed class SupabaseStorage(SupabaseProject project, ProviderHttp http, IHttpClientFactory clients, TimeProvider time)
    : IDisposable
{
    /// <summary>As the contract has it.</summary>
    public static readonly TimeSpan LinksWork = TimeSpan.FromHours(1);

    private const int UploadsAtOnce = 8;
    private const long SlowestBytesPerSecond = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Somebody waits for the answer that the links are for.</summary>
    private static readonly TimeSpan PatienceWithLinks = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenFailedLinks = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _uploads = new(UploadsAtOnce);
    private long _noLinksBefore = long.MinValue;

    /// <summary>Sends a file as it is read, in place of what is there.</summary>
    /// <returns>What is wrong; <c>null</c> when it is there.</returns>
    public async Task<string?> UploadAsync(string path, StoredFileContent file, CancellationToken cancellation)
    {
        var request = project.Request(HttpMethod.Post, $"storage/v1/object/{project.Bucket}/{path}");
        request.Headers.TryAddWithoutValidation("x-upsert", "true");
        request.Headers.TryAddWithoutValidation("cache-control", "max-age=3600");
        request.Content = file;
        await _uploads.WaitAsync(cancellation);

        try
        {
            var patience = Patience + TimeSpan.FromSeconds(file.Headers.ContentLength!.Value / SlowestBytesPerSecond);
            return (await http.SendAsync(request, patience, cancellation)).Problem();
        }
        finally
        {
            _uploads.Release();
        }
    }

    public void Dispose() => _uploads.Dispose();

    /// <returns>What is wrong; <c>null</c> when none of them is there.</returns>
    public async Task<string?> RemoveAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        if (paths.Count == 0)
            return null;

        var request = project.Request(HttpMethod.Delete, $"storage/v1/object/{project.Bucket}");
        request.Content = JsonContent.Create(new { prefixes = paths });
        var answer = await http.SendAsync(request, Patience, cancellation);

        return answer.Problem();
    }

    /// <summary>Links that work for an hour, without credentials.</summary>
    /// <returns>By path; without those that could not be had.</returns>
    public async ValueTask<IReadOnlyDictionary<string, string>> SignAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        var links = new Dictionary<string, string>(StringComparer.Ordinal);

        if (paths.Count == 0 || !project.Keeps || time.GetUtcNow().UtcTicks < Volatile.Read(ref _noLinksBefore))
            return links;

        var request = project.Request(HttpMethod.Post, $"storage/v1/object/sign/{project.Bucket}");
        request.Content = JsonContent.Create(new { expiresIn = (int)LinksWork.TotalSeconds, paths });
        var answer = await http.SendAsync(request, PatienceWithLinks, cancellation);

        if (!answer.IsSuccess)
            Volatile.Write(ref _noLinksBefore, (time.GetUtcNow() + BetweenFailedLinks).UtcTicks);

        foreach (var signed in answer.Json as JsonArray ?? [])
        {
            if (signed.Text("path") is { } path && signed.Text("signedURL") is { } link)
                links[path] = $"{project.Address}/storage/v1{link}";
        }

        return links;
    }

    /// <summary>Opens a file for reading at any offset, or <c>null</c> when it cannot be had.</summary>
    public async ValueTask<IStoredFileReader?> OpenAsync(string path, CancellationToken cancellation)
    {
        if (!project.Keeps || await AskAsync(path, 0, cancellation) is not { IsSuccessStatusCode: true } answer)
            return null;

        var headers = answer.Content.Headers;

        if (headers.ContentLength is not { } length)
        {
            answer.Dispose();
            return null;
        }

        var file = new StoredFile(path, length, headers.LastModified ?? DateTimeOffset.UnixEpoch);
        return new SupabaseFile(file, answer, (offset, token) => AskAsync(path, offset, token));
    }

    /// <returns>An answer with its body still to be read; <c>null</c> without one.</returns>
    private async Task<HttpResponseMessage?> AskAsync(string path, long offset, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var request = project.Request(HttpMethod.Get, $"storage/v1/object/{project.Bucket}/{path}");
        using var client = clients.CreateClient(ProviderHttp.Client);

        if (offset > 0)
            request.Headers.Range = new RangeHeaderValue(offset, null);

        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }
}

/// <summary>Where a file lies in the bucket: below its owner's id, as row level security wants it, under a name that nobody can guess.</summary>
internal static class StoragePaths
{
    public static string Of(string ownerId, bool isClip, string jobId, int index, string fileKey) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{ownerId}/{(isClip ? "video" : "image")}/{jobId}_{index}{Path.GetExtension(fileKey)}"
        );

    public static string OfPreview(string ownerId, bool isClip, string jobId, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{ownerId}/previews/{jobId}_{index}_preview.{(isClip ? "mp4" : "webp")}");

    public static string OfPoster(string ownerId, string jobId, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{ownerId}/posters/{jobId}_{index}_poster.jpg");
}
