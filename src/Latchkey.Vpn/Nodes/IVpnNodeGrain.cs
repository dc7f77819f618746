using Latchkey.Vpn.Traffic;
using Orleans;
using Orleans.Concurrency;

namespace Latchkey.Vpn.Nodes;

/// <summary>The one writer to one core. Its key is the node's name.</summary>
internal interface IVpnNodeGrain : IGrainWithStringKey
{
    /// <summary>Looks after the core: whether it runs, whether its users are right, what it has counted. Returns at once.</summary>
    [OneWay]
    Task WakeAsync();

    /// <summary>Tells the core of keys that have changed.</summary>
    /// <returns>Whether it knows; if not, it is told when it answers again.</returns>
    [AlwaysInterleave]
    Task<bool> ApplyAsync(long[] keyIds);

    /// <summary>Adds on what the core has counted of all keys.</summary>
    /// <returns>Why it could not, or <c>null</c>.</returns>
    [AlwaysInterleave]
    Task<string?> SyncTrafficAsync();

    /// <summary>The same for one key, where it answers at once.</summary>
    /// <param name="toTheLastByte">What was read a moment ago will not do.</param>
    [AlwaysInterleave]
    Task RefreshTrafficAsync(long keyId, string email, bool toTheLastByte);

    /// <summary>Who is connected, as far as the core tells.</summary>
    /// <param name="emails">Only of these keys; <c>null</c> is all.</param>
    [AlwaysInterleave]
    Task<OnlineKey[]?> ListOnlineAsync(string[]? emails);

    [AlwaysInterleave]
    Task<NodeStatus> GetStatusAsync();
}

/// <param name="Addresses">The addresses that it is used from.</param>
[GenerateSerializer]
internal sealed record OnlineKey([property: Id(0)] long KeyId, [property: Id(1)] string[] Addresses);

/// <param name="Failure">Why the core is not as it should be, or <c>null</c> when it is.</param>
/// <param name="Users">How many of our users it is known to have.</param>
[GenerateSerializer]
internal sealed record NodeStatus(
    [property: Id(0)] bool IsUp,
    [property: Id(1)] string? Kind,
    [property: Id(2)] int Users,
    [property: Id(3)] string? Failure
);
