using Latchkey.Vpn.Core;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Nodes;

/// <summary>Who is connected to a core now, and from where.</summary>
internal static class OnlineKeys
{
    private const int AtOnce = 32;

    /// <returns><c>null</c> when this core does not tell.</returns>
    public static async Task<OnlineKey[]?> ListAsync(CoreClient core, CancellationToken cancellation) =>
        await core.ListOnlineAsync(cancellation) is { } emails ? await AskAsync(core, emails, cancellation) : null;

    /// <summary>The same for some keys alone: cores that cannot say who is there may still say from where one is.</summary>
    public static async Task<OnlineKey[]?> ListAsync(CoreClient core, IReadOnlyCollection<string> emails, CancellationToken cancellation) =>
        await core.ListOnlineAsync(cancellation) is { } present
            ? await AskAsync(core, [.. present.Intersect(emails)], cancellation)
            : await AskAsync(core, [.. emails], cancellation);

    private static async Task<OnlineKey[]?> AskAsync(CoreClient core, IReadOnlyList<string> emails, CancellationToken cancellation)
    {
        var online = new OnlineKey?[emails.Count];

        // One alone first: a core that does not tell is not asked ten thousand times.
        if (emails.Count > 0 && !await AskOneAsync(0, cancellation))
            return null;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, emails.Count).Skip(1),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (index, stop) => await AskOneAsync(index, stop)
        );

        return [.. online.OfType<OnlineKey>()];

        async Task<bool> AskOneAsync(int index, CancellationToken stop)
        {
            if (VpnKey.IdOf(emails[index]) is not { } keyId)
                return true;

            if (await core.ListAddressesAsync(emails[index], stop) is not { } addresses)
                return false;

            online[index] = new OnlineKey(keyId, [.. addresses]);
            return true;
        }
    }
}
