using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Subscriptions;

internal static class SubscriptionEndpoints
{
    private const int Attempts = 5;

    /// <summary>For whoever has the address.</summary>
    public static void MapSubscriptions(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet($"{SubscriptionAddress.Path}/{{token}}", GetSubscription)
            .WithTags("Subscriptions")
            .WithSummary("Get a subscription: a list of links, or a configuration for sing-box or Clash; in a browser, a page")
            .Produces<string>(StatusCodes.Status200OK, "text/plain", "application/json", "text/yaml", "text/html");

    /// <summary>For the operator.</summary>
    public static void MapKeySubscriptions(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/api/keys").WithTags("Subscriptions");

        keys.MapGet("/{key}/subscription", GetAddress)
            .WithSummary("Get the address of a key's subscription")
            .Produces<SubscriptionResponse>();
        keys.MapPost("/{key}/subscription/rotate", RotateAddress)
            .WithSummary("Give a key's subscription a new address; the old one ends")
            .Produces<SubscriptionResponse>();
    }

    private static async Task<IResult> GetSubscription(
        string token,
        HttpContext http,
        VpnDb db,
        SubscriptionAddress addresses,
        SubscriptionHeaders headers,
        SubscriptionPage page,
        KeyLinks links,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        http.Response.Headers.CacheControl = "private, no-store";

        // A wrong token and a key that there is not look alike.
        if (
            SubscriptionAddress.IdOf(token) is not { } id
            || await db.Keys.AsNoTracking().Include(row => row.Traffic).FirstOrDefaultAsync(row => row.Id == id, cancellation)
                is not { } key
            || !addresses.IsTrue(token, key)
        )
            return VpnProblem.NotFound;

        if (SubscriptionFormats.Of(http.Request) is not { } format)
            return VpnProblem.BadRequest($"format must be one of: {SubscriptionFormats.Names}");

        var response = KeyResponses.Of(key, time.GetUtcNow());
        var servers = await links.AllOfAsync(response, http.Request, cancellation);

        if (servers.Count == 0)
            return VpnProblem.PublicKeyMissing;

        if (SubscriptionPage.IsAskedFor(http.Request))
            return page.Answer(http, key, addresses.Of(key, http.Request), servers);

        var notice = SubscriptionNotice.Label(key, key.State(time.GetUtcNow()), CallerLanguage.Of(http.Request));
        headers.Set(http.Response, key, KeyLinks.LabelOf(response), format);

        return Written(SubscriptionEntry.Of(servers, notice), format);
    }

    private static IResult Written(IReadOnlyList<SubscriptionEntry> entries, SubscriptionFormat format) =>
        format switch
        {
            SubscriptionFormat.SingBox => Text(Json(SingBoxConfiguration.Write(entries)), "application/json"),
            SubscriptionFormat.Clash => Text(YamlText.Write(ClashConfiguration.Write(entries)), "text/yaml; charset=utf-8"),
            SubscriptionFormat.Plain => Text(Lines(entries), "text/plain; charset=utf-8"),
            _ => Text(Convert.ToBase64String(Encoding.UTF8.GetBytes(Lines(entries))), "text/plain; charset=utf-8"),
        };

    private static string Lines(IReadOnlyList<SubscriptionEntry> entries) => string.Concat(entries.Select(entry => entry.Link + "\n"));

    private static string Json(JsonObject configuration) => configuration.ToJsonString(VpnJson.Indented);

    private static IResult Text(string text, string contentType) => Results.Bytes(Encoding.UTF8.GetBytes(text), contentType);

    private static async Task<IResult> GetAddress(
        string key,
        HttpContext http,
        VpnDb db,
        SubscriptionAddress addresses,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        return await db.Keys.AsNoTracking().FirstOrDefaultAsync(reference.Matches(), cancellation) is { } found
            ? VpnAnswer.Json(new SubscriptionResponse(found.Id, addresses.Of(found, http.Request)))
            : reference.NotFound;
    }

    private static async Task<IResult> RotateAddress(
        string key,
        HttpContext http,
        VpnDb db,
        SubscriptionAddress addresses,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        for (var attempt = 1; ; attempt++)
        {
            if (await db.Keys.FirstOrDefaultAsync(reference.Matches(), cancellation) is not { } found)
                return reference.NotFound;

            found.RotateSubscription();

            try
            {
                await db.SaveChangesAsync(cancellation);

                return VpnAnswer.Json(new SubscriptionResponse(found.Id, addresses.Of(found, http.Request)));
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                db.ChangeTracker.Clear();
            }
        }
    }
}

/// <param name="SubscriptionUrl">The address that client apps take their configuration from. Whoever has it has the key.</param>
public sealed record SubscriptionResponse(long KeyId, string SubscriptionUrl);
