using Latchkey.Vpn.Api;
using Latchkey.Vpn.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Vpn.Links;

internal static class LinkEndpoints
{
    public static void MapLinks(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/api/keys").WithTags("Links");

        keys.MapGet("/{key}/link", GetLink).WithSummary("Get a key's VLESS link").Produces<LinkResponse>();
        keys.MapGet("/{key}/config", GetLink).ExcludeFromDescription();
        keys.MapGet("/uuid/{key}/config", GetLink).ExcludeFromDescription();
    }

    private static async Task<IResult> GetLink(
        string key,
        HttpContext http,
        KeyReader reader,
        KeyLinks links,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        if (reader.Find(reference) is not { } found)
            return reference.NotFound;

        return await links.FirstOfAsync(found, http.Request, cancellation) is { } link
            ? VpnAnswer.Cacheable(new LinkResponse(found.KeyId, link))
            : VpnProblem.PublicKeyMissing;
    }
}

/// <param name="VlessLink">What a client app imports.</param>
public sealed record LinkResponse(long KeyId, string VlessLink);
