using System.Text;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Latchkey.Vpn.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.QrCodes;

internal static class QrEndpoints
{
    // A name of 255 characters would make a code that no telephone reads.
    private const int LongestLabel = 40;

    public static void MapQrCodes(this RouteGroupBuilder api) =>
        api.MapGet("/api/keys/{key}/qr", GetQrCode)
            .WithTags("Links")
            .WithSummary("Get a key's link, or its subscription's address, as a QR code")
            .Produces(StatusCodes.Status200OK, contentType: "image/png", additionalContentTypes: "image/svg+xml");

    private static async Task<IResult> GetQrCode(
        string key,
        HttpContext http,
        VpnDb db,
        KeyLinks links,
        SubscriptionAddress addresses,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        var (asked, wrong) = QrRequest.Read(http.Request);

        if (asked is null)
            return wrong!;

        if (
            await db.Keys.AsNoTracking().Include(row => row.Traffic).FirstOrDefaultAsync(reference.Matches(), cancellation) is not { } found
        )
            return reference.NotFound;

        var text = asked.IsOfSubscription
            ? addresses.Of(found, http.Request)
            : Shortened(await links.FirstOfAsync(KeyResponses.Of(found, time.GetUtcNow()), http.Request, cancellation));

        if (text is null)
            return VpnProblem.PublicKeyMissing;

        using var image = QrImage.Of(text);
        http.Response.Headers.CacheControl = "private, no-store";

        return asked.IsSvg
            ? Results.Bytes(Encoding.UTF8.GetBytes(image.ToSvg(asked.Size)), "image/svg+xml")
            : Results.Bytes(image.ToPng(asked.Size), "image/png");
    }

    private static string? Shortened(string? link)
    {
        if (link?.IndexOf('#', StringComparison.Ordinal) is not { } end)
            return null;

        var label = Uri.UnescapeDataString(link[(end + 1)..]).EnumerateRunes().ToList();

        return label.Count <= LongestLabel
            ? link
            : $"{link[..end]}#{Uri.EscapeDataString(string.Concat(label.Take(LongestLabel - 1)) + "…")}";
    }
}
