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
/// Makes keys: rows first, then the cores are told. A request that is sent again with its <c>Idempotency-Key</c> gets the keys that it got
/// the first time.
/// </summary>
internal sealed class KeyCreation(VpnDb db, VpnNodes nodes, VpnCores cores, KeyEvents events, IWebhookSender webhooks, TimeProvider time)
{
    /// <summary>How long a request is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <param name="idempotencyKey">What the caller calls this request, or <c>null</c>.</param>
    /// <returns>The key; <c>null</c> when the same name was used for another request.</returns>
    public async Task<VpnKey?> CreateAsync(KeyTerms terms, string? idempotencyKey, CancellationToken cancellation) =>
        await CreateAsync([terms], idempotencyKey, cancellation) is [var key, ..] ? key : null;

    /// <summary>Many at once, all or none.</summary>
    /// <returns>The keys in the order of their terms, without those that were deleted since; <c>null</c> as above.</returns>
    public async Task<IReadOnlyList<VpnKey>?> CreateAsync(
        IReadOnlyList<KeyTerms> terms,
        string? idempotencyKey,
        CancellationToken cancellation
    )
    {
        var request = idempotencyKey is null ? null : new RequestName(Hash(idempotencyKey), Hash(JsonSerializer.Serialize(terms)));

        if (request is not null && await FindAsync(request, cancellation) is { } earlier)
            return await KeysOfAsync(earlier, request, cancellation);

        var now = time.GetUtcNow();
        var keys = terms.Select(one => VpnKey.Create(one, nodes.First.Link.ShortId, now)).ToList();

        try
        {
            await SaveAsync(keys, request, cancellation);
        }
        catch (DbUpdateException) when (request is not null)
        {
            // The same request came twice at once, and the other one was first.
            db.ChangeTracker.Clear();

            if (await FindAsync(request, cancellation) is not { } first)
                throw;

            return await KeysOfAsync(first, request, cancellation);
        }

        await cores.ApplyAsync([.. keys.Select(key => key.Id)]);

        return keys;
    }

    private async Task SaveAsync(IReadOnlyList<VpnKey> keys, RequestName? request, CancellationToken cancellation)
    {
        db.Keys.AddRange(keys);

        if (request is null && !events.AreSent)
        {
            await db.SaveChangesAsync(cancellation);
            return;
        }

        // The request and the events carry the numbers of the keys, which the database gives.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.SaveChangesAsync(cancellation);

        if (request is not null)
            db.Requests.Add(KeyRequest.Of(request.Hash, request.BodyHash, keys, time.GetUtcNow()));

        var messages = keys.SelectMany(key => events.Enqueue(db, KeyEvents.Created, key)).ToList();
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        webhooks.Wake(messages);
    }

    private Task<KeyRequest?> FindAsync(RequestName request, CancellationToken cancellation) =>
        db.Requests.AsNoTracking().FirstOrDefaultAsync(row => row.Hash == request.Hash, cancellation);

    private async Task<IReadOnlyList<VpnKey>?> KeysOfAsync(KeyRequest earlier, RequestName request, CancellationToken cancellation) =>
        earlier.BodyHash != request.BodyHash
            ? null
            : await db
                .Keys.AsNoTracking()
                .Include(key => key.Traffic)
                .Where(key => key.Id >= earlier.KeyId && key.Id <= earlier.LastKeyId)
                .OrderBy(key => key.Id)
                .ToListAsync(cancellation);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record RequestName(string Hash, string BodyHash);
}
