using Latchkey.Vpn.Core;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Nodes;

/// <summary>Who is connected to a core now, and from where.</summary>
internal static class OnlineKeys
{
    private const int AtOnce = 32;

    /// <returns><c>null</c> when this core does not tell.</returns>
    public static async Task<OnlineKey[]?> ListAsync(CoreClient core, CancellationToken cancellation)
    {
        if (await core.ListOnlineAsync(cancellation) is not { } emails)
            return null;

        var online = new OnlineKey?[emails.Count];

        await Parallel.ForEachAsync(
            Enumerable.Range(0, emails.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (index, stop) =>
            {
                if (VpnKey.IdOf(emails[index]) is { } keyId)
                    online[index] = new OnlineKey(keyId, [.. await core.ListAddressesAsync(emails[index], stop)]);
            }
        );

        return [.. online.OfType<OnlineKey>()];
    }
}
