using System.Text.Json.Serialization;
using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Video.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Video.Authentication;

internal static class AuthenticationEndpoints
{
    private const int LongestSecret = 4096;

    public static void MapAuthentication(this RouteGroupBuilder api)
    {
        var authentication = api.MapGroup("/auth")
            .WithTags("Authentication")
            .FailsWithProblem(StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized);

        authentication
            .MapPost("/api-key", SignIn)
            .WithSummary("Get an access token for an API key")
            .TakesJson<SignInBody>()
            .Produces<AccessTokenResponse>();
        authentication
            .MapPost("/refresh", Refresh)
            .WithSummary("Get a new access token for a refresh token")
            .TakesJson<RefreshBody>()
            .Produces<AccessTokenResponse>();
    }

    private static async Task<Results<JsonHttpResult<AccessTokenResponse>, Problem>> SignIn(
        HttpRequest request,
        ApiKeyDirectory keys,
        AccessTokens tokens,
        CancellationToken cancellation
    )
    {
        var body = await BodyReader.ReadAsync(request, cancellation);
        var apiKey = body.RequiredText("apiKey", LongestSecret);
        body.ThrowIfInvalid();

        return await keys.AuthenticateAsync(apiKey!, cancellation) is { } caller && caller.May(KeyScopes.Video)
            ? ApiJson.Ok(AccessTokenResponse.From(await tokens.IssueAsync(caller, cancellation)))
            : Problems.InvalidUserCredentials();
    }

    private static async Task<Results<JsonHttpResult<AccessTokenResponse>, Problem>> Refresh(
        HttpRequest request,
        AccessTokens tokens,
        CancellationToken cancellation
    )
    {
        var body = await BodyReader.ReadAsync(request, cancellation);
        var refreshToken = body.RequiredText("refreshToken", LongestSecret);
        body.ThrowIfInvalid();

        return await tokens.RefreshAsync(refreshToken!, cancellation) is { } pair
            ? ApiJson.Ok(AccessTokenResponse.From(pair))
            : Problems.InvalidUserCredentials();
    }
}

internal sealed record AccessTokenResponse(
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("refresh_token")] string RefreshToken
)
{
    public static AccessTokenResponse From(AccessTokenPair pair) => new("Bearer", pair.ExpiresIn, pair.AccessToken, pair.RefreshToken);
}

internal sealed record SignInBody(string ApiKey);

internal sealed record RefreshBody(string RefreshToken);
