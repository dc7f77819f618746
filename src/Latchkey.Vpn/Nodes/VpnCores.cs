using Latchkey.Vpn.Keys;
using Orleans;

namespace Latchkey.Vpn.Nodes;

/// <summary>All cores at once, for those who have changed keys.</summary>
internal sealed class VpnCores(VpnNodes nodes, IGrainFactory grains)
{
    // A core that does not answer must not hold up the caller: the key is stored, and the core is told later.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Tells the cores of changed keys, and waits a moment for them to agree.</summary>
    public async Task ApplyAsync(params long[] keyIds)
    {
        try
        {
            await Task.WhenAll(nodes.All.Select(node => GrainOf(node).ApplyAsync(keyIds))).WaitAsync(LongestWait);
        }
        catch (TimeoutException)
        {
            // They agree a little later.
        }
    }

    /// <returns>Why some core could not be read, or <c>null</c> when all were.</returns>
    public async Task<string?> SyncTrafficAsync() =>
        (await Task.WhenAll(nodes.All.Select(node => GrainOf(node).SyncTrafficAsync()))).FirstOrDefault(failure => failure is not null);

    /// <summary>Brings one key's traffic up to date, as far as the cores answer at once.</summary>
    /// <param name="toTheLastByte">What was read a moment ago will not do.</param>
    public async Task RefreshTrafficAsync(long keyId, string uuid, bool toTheLastByte = false)
    {
        try
        {
            var email = VpnKey.EmailOf(keyId, uuid);
            await Task.WhenAll(nodes.All.Select(node => GrainOf(node).RefreshTrafficAsync(keyId, email, toTheLastByte)))
                .WaitAsync(LongestWait);
        }
        catch (TimeoutException)
        {
            // The stored figures are what there is.
        }
    }

    /// <summary>Who is connected; <c>null</c> when no core tells.</summary>
    /// <param name="emails">Only of these keys; <c>null</c> is all. Of some, more cores tell than of all.</param>
    public async Task<OnlineReport?> ListOnlineAsync(string[]? emails = null)
    {
        var answers = await Task.WhenAll(nodes.All.Select(node => GrainOf(node).ListOnlineAsync(emails)));

        return Array.TrueForAll(answers, answer => answer is null)
            ? null
            : new OnlineReport(
                [
                    .. answers
                        .SelectMany(answer => answer ?? [])
                        .GroupBy(online => online.KeyId)
                        .Select(group => new OnlineKey(group.Key, [.. group.SelectMany(online => online.Addresses).Distinct()])),
                ],
                IsOfAllCores: Array.TrueForAll(answers, answer => answer is not null)
            );
    }

    public Task<(VpnNode Node, NodeStatus Status)[]> GetStatusAsync() =>
        Task.WhenAll(nodes.All.Select(async node => (node, await GrainOf(node).GetStatusAsync())));

    public Task WakeAsync() => Task.WhenAll(nodes.All.Select(node => GrainOf(node).WakeAsync()));

    private IVpnNodeGrain GrainOf(VpnNode node) => grains.GetGrain<IVpnNodeGrain>(node.Name);
}

/// <param name="IsOfAllCores">Whether every core told; of those that do not, only the traffic says who is there.</param>
internal sealed record OnlineReport(IReadOnlyList<OnlineKey> Keys, bool IsOfAllCores);
