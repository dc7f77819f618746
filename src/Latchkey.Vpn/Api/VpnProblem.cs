using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Api;

/// <summary>An error as callers of the Veil Xray API know it: <c>{"detail":"…"}</c>, always a string.</summary>
internal sealed record VpnProblem(int Status, string Detail) : IResult, IStatusCodeHttpResult
{
    private const int LongestEcho = 64;

    public static VpnProblem PublicKeyMissing { get; } = new(StatusCodes.Status500InternalServerError, "Reality public key not configured");

    /// <summary>As for a route that there is not.</summary>
    public static VpnProblem NotFound { get; } = new(StatusCodes.Status404NotFound, "Not Found");

    public static VpnProblem BodyTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, "Request body is too large");

    int? IStatusCodeHttpResult.StatusCode => Status;

    public static VpnProblem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);

    public static VpnProblem KeyNotFound(string id) => new(StatusCodes.Status404NotFound, $"Key with id {Echo(id)} not found");

    public static VpnProblem BadId(string id) =>
        new(StatusCodes.Status400BadRequest, $"Invalid identifier format: {Echo(id)}. Expected UUID or key_id");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/json";

        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";

        return response
            .Body.WriteAsync(
                JsonSerializer.SerializeToUtf8Bytes(new DetailResponse(Detail), VpnJson.Default.DetailResponse),
                httpContext.RequestAborted
            )
            .AsTask();
    }

    /// <summary>What the caller sent, made fit to be shown.</summary>
    private static string Echo(string text) => new([.. text.Where(c => !char.IsControl(c)).Take(LongestEcho)]);
}

/// <param name="Detail">What is wrong, for people.</param>
public sealed record DetailResponse(string Detail);
