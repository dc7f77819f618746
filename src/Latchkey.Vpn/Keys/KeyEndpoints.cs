using Latchkey.Platform.ApiDocuments;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Keys;

internal static class KeyEndpoints
{
    private const int Attempts = 5;

    private static readonly RouteParameter Details = new("details", "true: with limits, traffic, state and subscription address.");

    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/api/keys").WithTags("Keys");

        keys.MapPost("", CreateKey)
            .TakesJson<CreateKeyRequest>()
            .TakesHeader(IdempotencyKey.Header, "Your name for this request: sent again with it within a day, it gives the same key.")
            .WithSummary("Create a key")
            .Produces<KeyResponse>();
        keys.MapGet("", ListKeys).TakesQuery([.. KeyQuery.Parameters, Details]).WithSummary("List keys").Produces<KeyListResponse>();
        keys.MapGet("/{key}", GetKey).TakesQuery(Details).WithSummary("Get a key, by its number or UUID").Produces<KeyResponse>();
        keys.MapGet("/uuid/{key}", GetKey).ExcludeFromDescription();
        keys.MapPatch("/{key}", ChangeKey)
            .TakesJson<ChangeKeyRequest>()
            .WithSummary("Change a key: name, note, limits, expiry, pause")
            .Produces<KeyDetailsResponse>();
        keys.MapDelete("/{key}", DeleteKey).WithSummary("Delete a key").Produces<MessageResponse>();
        keys.MapDelete("/uuid/{key}", DeleteKey).ExcludeFromDescription();
    }

    private static async Task<IResult> CreateKey(
        HttpContext http,
        KeyCreation creation,
        KeyDetails details,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (terms, problem) = await KeyBody.ReadTermsAsync(http.Request, cancellation);

        if (terms is null)
            return problem!;

        var (name, wrong) = IdempotencyKey.Read(http.Request);

        if (wrong is not null)
            return wrong;

        return await creation.CreateAsync(terms, name, cancellation) switch
        {
            null => IdempotencyKey.UsedBefore,
            var key when terms.GoesBeyondTheContract => VpnAnswer.Json(details.Of(key, http.Request)),
            var key => VpnAnswer.Json(KeyResponses.Of(key, time.GetUtcNow())),
        };
    }

    private static Task<IResult> ListKeys(HttpContext http, KeyList list, CancellationToken cancellation) =>
        list.AnswerAsync(http, cancellation);

    private static async Task<IResult> GetKey(
        string key,
        HttpContext http,
        KeyReader reader,
        VpnDb db,
        KeyDetails details,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        if (KeyDetails.AreAskedFor(http.Request))
            return await FindAsync(db.Keys.AsNoTracking(), reference, cancellation) is { } detailed
                ? VpnAnswer.Json(details.Of(detailed, http.Request))
                : reference.NotFound;

        return reader.Find(reference) is { } found ? VpnAnswer.Cacheable(found) : reference.NotFound;
    }

    private static async Task<IResult> ChangeKey(
        string key,
        HttpContext http,
        VpnDb db,
        VpnCores cores,
        KeyDetails details,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        var (terms, wrong) = await KeyBody.ReadTermsAsync(http.Request, cancellation);

        if (terms is null)
            return wrong!;

        for (var attempt = 1; ; attempt++)
        {
            if (await FindAsync(db.Keys, reference, cancellation) is not { } found)
                return reference.NotFound;

            found.Change(terms, time.GetUtcNow());

            try
            {
                await db.SaveChangesAsync(cancellation);
                await cores.ApplyAsync(found.Id);

                return VpnAnswer.Json(details.Of(found, http.Request));
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // Somebody else changed it meanwhile: these changes go on top of theirs.
                db.ChangeTracker.Clear();
            }
        }
    }

    private static async Task<IResult> DeleteKey(string key, KeyDeletion deletion, CancellationToken cancellation)
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        return await deletion.DeleteAsync(reference, cancellation) is { } id
            ? VpnAnswer.Json(new MessageResponse(true, $"Key {id} deleted successfully"))
            : reference.NotFound;
    }

    private static Task<VpnKey?> FindAsync(IQueryable<VpnKey> keys, KeyReference reference, CancellationToken cancellation) =>
        keys.Include(key => key.Traffic).FirstOrDefaultAsync(reference.Matches(), cancellation);
}

/// <param name="Name">Up to 255 characters, or null.</param>
/// <param name="Note">For the operator, up to 1,000 characters.</param>
/// <param name="DataLimit">Bytes up and down together until the next reset.</param>
/// <param name="ResetPeriod">never, daily, weekly, monthly or yearly.</param>
/// <param name="ExpiresAt">Unix seconds, or a time like 2030-12-31T00:00:00Z.</param>
/// <param name="DeviceLimit">Addresses that may use it at once, where the core tells.</param>
public sealed record CreateKeyRequest(string? Name, string? Note, long? DataLimit, string? ResetPeriod, long? ExpiresAt, int? DeviceLimit);

/// <param name="IsActive">False pauses the key, true resumes it.</param>
public sealed record ChangeKeyRequest(
    string? Name,
    string? Note,
    bool? IsActive,
    long? DataLimit,
    string? ResetPeriod,
    long? ExpiresAt,
    int? DeviceLimit
);

/// <param name="Total">How many there are, whatever page was asked for.</param>
public sealed record KeyListResponse(IReadOnlyList<KeyResponse> Keys, int Total);
