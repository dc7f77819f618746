using System.Security.Cryptography;
using System.Text;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Publishing;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Generations;

/// <summary>An order that was taken, and its jobs.</summary>
internal sealed record TakenOrder(CheckedOrder Order, IReadOnlyList<GenerationJob> Jobs);

/// <summary>Takes orders in, whichever interface they come by: checks them, finds what they continue, and makes jobs of them.</summary>
internal sealed class OrderIntake(OrderReader reader, ExtendedSource sources, JobCreation creation, VideoPublishing publishing)
{
    private const int LongestKey = 200;

    /// <param name="received">What the request brought.</param>
    /// <param name="json">The order in it, in our own words.</param>
    public async Task<(TakenOrder? Taken, GenerationProblem? Problem)> TakeAsync(
        HttpContext http,
        ReceivedBody received,
        byte[] json,
        MediaKind kind,
        Func<OrderBody, OrderDelivery> delivery,
        CancellationToken cancellation
    )
    {
        var owner = http.Owner();
        var (body, broken) = OrderBody.Parse(json, received.Files);

        if (body is null)
            return (null, broken);

        using (body)
        {
            var (order, invalid) = reader.Read(body, kind);

            if (order is null)
                return (null, invalid);

            if (await sources.FindAsync(owner, body, order, cancellation) is { } noSource)
                return (null, noSource);

            var identity = IdentityOf(http.Request, received.Hash);

            if (identity.IdempotencyKey?.Length > LongestKey)
                return (null, GenerationProblem.Bad("Idempotency-Key is too long"));

            var (wanted, warning) = publishing.Consider(delivery(body), order.Model);

            if (wanted.Problem() is { } badDelivery)
                return (null, badDelivery);

            if (warning is not null)
                order = order with { Warnings = [.. order.Warnings, warning] };

            var (jobs, problem) = await creation.CreateAsync(owner, order, identity, wanted, cancellation);

            return jobs is null ? (null, problem) : (new TakenOrder(order, jobs), null);
        }
    }

    /// <summary>The same body means something else at another address.</summary>
    private static RequestIdentity IdentityOf(HttpRequest request, string hash) =>
        new(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.Path}{request.QueryString}\n{hash}"))),
            request.Headers["Idempotency-Key"].FirstOrDefault() is { Length: > 0 } key ? key : null,
            int.TryParse(request.Headers["x-stainless-retry-count"].FirstOrDefault(), out var retries) && retries > 0
        );
}
