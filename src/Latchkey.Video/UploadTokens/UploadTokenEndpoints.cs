using Latchkey.Platform.ApiDocuments;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.UploadTokens;

internal static class UploadTokenEndpoints
{
    public static void MapUploadTokens(this RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/upload-tokens").WithTags("Upload tokens");

        tokens.MapGet("", ListTokens).WithSummary("List upload tokens").ListsPages<UploadTokenResponse>("createdAt", "ttl");
        tokens
            .MapPost("", IssueToken)
            .WithSummary("Make an upload token, with which others can upload without a key")
            .TakesJson<IssueUploadTokenBody>(isRequired: false)
            .Produces<UploadTokenResponse>()
            .FailsWithProblem(StatusCodes.Status400BadRequest);
        tokens
            .MapGet("/{uploadToken}", GetToken)
            .WithSummary("Get an upload token")
            .Produces<UploadTokenResponse>()
            .FailsWithProblem(StatusCodes.Status404NotFound);
        tokens
            .MapDelete("/{uploadToken}", DeleteToken)
            .WithSummary("Delete an upload token")
            .FailsWithProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<JsonHttpResult<PageResponse<UploadTokenResponse>>> ListTokens(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var query = new QueryReader(request.Query);
        var by = query.Word("sortBy", "createdAt", "ttl");
        var order = query.Word("sortOrder", "asc", "desc");
        var page = query.Page("/upload-tokens");
        query.ThrowIfInvalid();

        var now = time.GetUtcNow();
        var tokens = db.UploadTokensOf(caller.Environment).AsNoTracking().Where(token => token.ExpiresAt == null || token.ExpiresAt > now);
        var down = order is null ? by is null : order == "desc";

        var sorted = (by, down) switch
        {
            ("ttl", false) => tokens.OrderBy(token => token.Ttl).ThenBy(token => token.CreatedAt),
            ("ttl", true) => tokens.OrderByDescending(token => token.Ttl).ThenByDescending(token => token.CreatedAt),
            (_, false) => tokens.OrderBy(token => token.CreatedAt).ThenBy(token => token.Hash),
            (_, true) => tokens.OrderByDescending(token => token.CreatedAt).ThenByDescending(token => token.Hash),
        };

        return ApiJson.Ok(await page.OfAsync(sorted, UploadTokenResponse.From, cancellation));
    }

    private static async Task<JsonHttpResult<UploadTokenResponse>> IssueToken(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var body = await BodyReader.ReadAsync(request, cancellation);
        var ttl = body.Integer("ttl", 0, int.MaxValue) ?? 0;
        body.ThrowIfInvalid();

        var token = UploadToken.Issue(caller.Environment, ttl, time.GetUtcNow());

        db.UploadTokens.Add(token);
        await db.SaveChangesAsync(cancellation);

        return ApiJson.Ok(UploadTokenResponse.From(token));
    }

    private static async Task<JsonHttpResult<UploadTokenResponse>> GetToken(
        string uploadToken,
        VideoDb db,
        CurrentCaller caller,
        TimeProvider time,
        CancellationToken cancellation
    ) => ApiJson.Ok(UploadTokenResponse.From(await db.FindTokenAsync(caller.Environment, uploadToken, time.GetUtcNow(), cancellation)));

    private static async Task<NoContent> DeleteToken(
        string uploadToken,
        VideoDb db,
        CurrentCaller caller,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var token = await db.FindTokenAsync(caller.Environment, uploadToken, time.GetUtcNow(), cancellation);

        db.UploadTokens.Remove(token);
        await db.SaveChangesAsync(cancellation);

        return TypedResults.NoContent();
    }
}

/// <param name="Ttl">Seconds; 0 is without end, and then there is no <paramref name="ExpiresAt"/>.</param>
internal sealed record UploadTokenResponse(string Token, int Ttl, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static UploadTokenResponse From(UploadToken token) => new(token.Token, token.Ttl, token.CreatedAt, token.ExpiresAt);
}

/// <param name="Ttl">Seconds; 0 or absent is without end.</param>
internal sealed record IssueUploadTokenBody(int? Ttl);
