using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Video.Playback;

/// <summary>The player page that other sites embed, and its files.</summary>
internal static class EmbedEndpoints
{
    private const string HtmlType = "text/html; charset=utf-8";

    public static void MapEmbed(this IEndpointRouteBuilder routes)
    {
        var embed = routes.MapGroup("/embed").WithTags("Player").FailsInWords(StatusCodes.Status404NotFound);

        embed
            .MapGet("/vod/{videoId}", GetPlayer)
            .WithSummary("The player page of a video, for an iframe")
            .Produces<string>(contentType: "text/html");
        embed
            .MapGet("/assets/{name}", GetAsset)
            .WithSummary("A script or a style of the player page")
            .Produces<Stream>(contentType: "application/octet-stream");
    }

    private static async Task<IResult> GetPlayer(
        string videoId,
        string? token,
        HttpContext http,
        PlaybackCatalogue catalogue,
        PlaybackSessions sessions,
        PlayerAssets assets
    )
    {
        var video = await catalogue.FindAsync(videoId, http.RequestAborted);
        var sessionToken = http.Request.Query[PlaybackSessions.QueryName].ToString();
        var opens = !HttpMethods.IsHead(http.Request.Method);

        if (
            video is null
            || !(video.Public || await sessions.MayWatchAsync(videoId, token, sessionToken, Viewer.Of(http), opens, http.RequestAborted))
        )
        {
            return TypedResults.NotFound();
        }

        if (assets.Page is not { } page)
        {
            return TypedResults.Text(
                "The player is not part of this build: build web/player first.",
                statusCode: StatusCodes.Status501NotImplemented
            );
        }

        http.Response.Headers.CacheControl = video.Public ? "public, no-cache" : "private, no-store";

        return TypedResults.Text(Fill(page, video, token), HtmlType);
    }

    private static IResult GetAsset(string name, HttpContext http, PlayerAssets assets)
    {
        if (assets.Find(name) is not { } asset)
        {
            return TypedResults.NotFound();
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers.Vary = "Accept-Encoding";
        var accepted = http.Request.Headers.AcceptEncoding.ToString();

        if (accepted.Contains("br", StringComparison.Ordinal))
        {
            http.Response.Headers.ContentEncoding = "br";
            return TypedResults.Bytes(asset.Brotli, asset.ContentType);
        }

        if (accepted.Contains("gzip", StringComparison.Ordinal))
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return TypedResults.Bytes(asset.Gzip, asset.ContentType);
        }

        return TypedResults.Bytes(asset.Plain, asset.ContentType);
    }

    private static string Fill(string page, PlaybackVideo video, string? token)
    {
        var config = JsonSerializer.Serialize(PlayerConfig.For(video, token), PlayerConfigJson.Default.PlayerConfig);

        return page.Replace("{{title}}", WebUtility.HtmlEncode(video.Title), StringComparison.Ordinal)
            .Replace("{{config}}", config, StringComparison.Ordinal);
    }
}
