using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Keys;

/// <summary>
/// Makes keys: rows first, then the cores are told. A request that is sent again with its <c>Idempotency-Key</c> gets the key that it got
/// the first time.
/// </summary>
internal sealed class KeyCreation(VpnDb db, VpnNodes nodes, VpnCores cores, KeyEvents events, IWebhookSender webhooks, TimeProvider time)
{
    /// <summary>How long a request is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <param name="idempotencyKey">What the caller calls this request, or <c>null</c>.</param>
    /// <returns>The key; <c>null</c> when the same name was used for another request.</returns>
    public async Task<VpnKey?> CreateAsync(KeyTerms terms, string? idempotencyKey, CancellationToken cancellation)
    {
        var request = idempotencyKey is null ? null : new RequestName(Hash(idempotencyKey), Hash(JsonSerializer.Serialize(terms)));

        if (request is not null && await FindAsync(request, cancellation) is { } earlier)
            return earlier.BodyHash == request.BodyHash ? earlier.Key : null;

        var now = time.GetUtcNow();
        var key = VpnKey.Create(terms, nodes.First.Link.ShortId, now);

        try
        {
            await SaveAsync([key], request, cancellation);
        }
        catch (DbUpdateException) when (request is not null)
        {
            // The same request came twice at once, and the other one was first.
            db.ChangeTracker.Clear();

            if (await FindAsync(request, cancellation) is not { } first)
                throw;

            return first.BodyHash == request.BodyHash ? first.Key : null;
        }

        await cores.ApplyAsync(key.Id);

        return key;
    }

    /// <summary>Many at once, all or none.</summary>
    public async Task<IReadOnlyList<VpnKey>> CreateAsync(IEnumerable<KeyTerms> terms, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var keys = terms.Select(one => VpnKey.Create(one, nodes.First.Link.ShortId, now)).ToList();

        await SaveAsync(keys, null, cancellation);
        await cores.ApplyAsync([.. keys.Select(key => key.Id)]);

        return keys;
    }

    private async Task SaveAsync(IReadOnlyList<VpnKey> keys, RequestName? request, CancellationToken cancellation)
    {
        db.Keys.AddRange(keys);

        if (request is not null)
            db.Requests.Add(KeyRequest.Of(request.Hash, request.BodyHash, keys[0], time.GetUtcNow()));

        if (!events.AreSent)
        {
            await db.SaveChangesAsync(cancellation);
            return;
        }

        // The events carry the numbers of the keys, which the database gives.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);
        var messages = keys.SelectMany(key => events.Enqueue(db, KeyEvents.Created, key)).ToList();
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        webhooks.Wake(messages);
    }

    private Task<KeyRequest?> FindAsync(RequestName request, CancellationToken cancellation) =>
        db
            .Requests.AsNoTracking()
            .Include(row => row.Key)
                .ThenInclude(key => key.Traffic)
            .FirstOrDefaultAsync(row => row.Hash == request.Hash, cancellation);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record RequestName(string Hash, string BodyHash);
}
