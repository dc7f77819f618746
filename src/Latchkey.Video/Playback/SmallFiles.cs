using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Playback;

/// <summary>
/// Small files of public videos whose names stand for the same bytes for ever (init segments, a few seconds of sound), in memory, with their
/// headers. A plain request for one is answered before filters, binding and scope are set in motion, for as long as the catalogue remembers that
/// everybody may have it. Every other request takes the long way, which says what is true now.
/// </summary>
internal sealed class SmallFiles(PlaybackCatalogue catalogue) : IDisposable
{
    /// <summary>From here on what goes out costs more than the way to it.</summary>
    private const int Largest = 64 << 10;
    private const int MostBytes = 32 << 20;

    /// <summary>What an entry takes beside its content, roughly.</summary>
    private const int EntryBytes = 1 << 10;

    private readonly MemoryCache _files = new(new MemoryCacheOptions { SizeLimit = MostBytes });

    /// <param name="theLongWay">For a request that cannot be answered from memory.</param>
    public Task AnswerAsync(HttpContext http, RequestDelegate theLongWay) =>
        IsPlain(http.Request) && _files.TryGetValue(http.Request.Path.Value!, out SmallFile? file) && MayHave(file!)
            ? SendAsync(http.Response, file!)
            : theLongWay(http);

    /// <summary>Keeps what the long way found, if it is small and for everybody.</summary>
    /// <param name="path">That was asked for; it holds the version.</param>
    public async ValueTask KeepAsync(
        PathString path,
        PlaybackVideo video,
        string rendition,
        int version,
        IStoredFileReader found,
        string contentType,
        string cacheControl,
        CancellationToken cancellation
    )
    {
        if (!video.Public || found.File.Length > Largest || _files.TryGetValue(path.Value!, out _))
        {
            return;
        }

        var content = await found.ReadAllAsync(cancellation);

        _files.Set(
            path.Value!,
            new SmallFile(video.Id, rendition, version, content, FileValidators.Of(found.File), contentType, cacheControl),
            new MemoryCacheEntryOptions { Size = content.Length + EntryBytes }
        );
    }

    public void Dispose() => _files.Dispose();

    private bool MayHave(SmallFile file) =>
        catalogue.Remembered(file.VideoId) is { Public: true } video && video.Offers(file.Rendition, file.Version);

    private static bool IsPlain(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers
            is { Range.Count: 0, IfMatch.Count: 0, IfNoneMatch.Count: 0, IfModifiedSince.Count: 0, IfUnmodifiedSince.Count: 0 };

    private static Task SendAsync(HttpResponse response, SmallFile file)
    {
        var headers = response.Headers;

        headers.ETag = file.Validators.ETag;
        headers.LastModified = file.Validators.LastModified;
        headers.CacheControl = file.CacheControl;
        headers.AcceptRanges = "bytes";
        headers.ContentType = file.ContentType;
        headers.ContentLength = file.Content.Length;

        // So little is not worth a look at whether the caller is still there.
        return response.Body.WriteAsync(file.Content, CancellationToken.None).AsTask();
    }

    private sealed record SmallFile(
        string VideoId,
        string Rendition,
        int Version,
        byte[] Content,
        FileValidators Validators,
        string ContentType,
        string CacheControl
    );
}

internal static class SmallFileRoutes
{
    /// <summary>Looks into the memory first; the route's filters and handler are for what is not there.</summary>
    public static RouteHandlerBuilder WithSmallFiles(this RouteHandlerBuilder route)
    {
        route.Add(endpoint =>
        {
            var (files, theLongWay) = (endpoint.ApplicationServices.GetRequiredService<SmallFiles>(), endpoint.RequestDelegate!);

            endpoint.RequestDelegate = http => files.AnswerAsync(http, theLongWay);
        });

        return route;
    }
}
