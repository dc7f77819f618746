using Latchkey.Platform.ApiDocuments;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Vpn.Batches;

internal static class BatchEndpoints
{
    public static void MapKeyBatches(this RouteGroupBuilder api)
    {
        var batches = api.MapGroup("/api/keys/batch").WithTags("Keys");

        batches
            .MapPost("", CreateKeys)
            .TakesJson<CreateKeysRequest>()
            .TakesHeader(IdempotencyKey.Header, "Your name for this request: sent again with it within a day, it gives the same keys.")
            .WithSummary("Create many keys, all or none")
            .Produces<KeyListResponse>();
        batches
            .MapPost("/delete", DeleteKeys)
            .TakesJson<DeleteKeysRequest>()
            .WithSummary("Delete many keys")
            .Produces<BatchDeletionResponse>();
    }

    private static async Task<IResult> CreateKeys(
        HttpContext http,
        KeyCreation creation,
        KeyDetails details,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (body, problem) = await KeyBody.ReadAsync(http.Request, cancellation);

        if (body is null)
            return problem!;

        using (body)
        {
            var (terms, wrong) = BatchBody.ReadTerms(body.RootElement);

            if (terms is null)
                return wrong!;

            var (name, tooLong) = IdempotencyKey.Read(http.Request);

            if (tooLong is not null)
                return tooLong;

            if (await creation.CreateAsync(terms, name, cancellation) is not { } keys)
                return IdempotencyKey.UsedBefore;

            return VpnAnswer.Json(
                KeyDetails.AreAskedFor(http.Request)
                    ? new KeyDetailsListResponse([.. keys.Select(key => details.Of(key, http.Request))], keys.Count)
                    : new KeyListResponse([.. keys.Select(key => KeyResponses.Of(key, time.GetUtcNow()))], keys.Count)
            );
        }
    }

    private static async Task<IResult> DeleteKeys(HttpContext http, KeyDeletion deletion, CancellationToken cancellation)
    {
        var (body, problem) = await KeyBody.ReadAsync(http.Request, cancellation);

        if (body is null)
            return problem!;

        using (body)
        {
            var (ids, wrong) = BatchBody.ReadIds(body.RootElement);

            if (ids is null)
                return wrong!;

            var deleted = await deletion.DeleteAsync(ids, cancellation);
            var notFound = ids.Distinct().Except(deleted).ToList();

            return VpnAnswer.Json(
                new BatchDeletionResponse(true, $"Deleted {deleted.Count} keys, {notFound.Count} not found", deleted, notFound)
            );
        }
    }
}

/// <param name="Count">How many, 1 to 1,000; the other fields then count for all of them.</param>
/// <param name="NamePrefix">With count: the names are this and a number from 1 up.</param>
/// <param name="Keys">Instead of count: what each key is to be, 1 to 1,000.</param>
public sealed record CreateKeysRequest(int? Count, string? NamePrefix, IReadOnlyList<CreateKeyRequest>? Keys);

/// <param name="KeyIds">1 to 1,000 numbers.</param>
public sealed record DeleteKeysRequest(IReadOnlyList<long> KeyIds);

/// <param name="Total">How many there are.</param>
public sealed record KeyDetailsListResponse(IReadOnlyList<KeyDetailsResponse> Keys, int Total);

/// <param name="Deleted">The numbers of those that were there.</param>
/// <param name="NotFound">The numbers of those that were not.</param>
public sealed record BatchDeletionResponse(bool Success, string Message, IReadOnlyList<long> Deleted, IReadOnlyList<long> NotFound);
