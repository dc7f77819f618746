using System.Net;
using System.Net.Sockets;

namespace Latchkey.App.Access;

/// <summary>How many videos one address may create without a key. Counted per process: it bounds a nuisance, not a bill.</summary>
internal sealed class AnonymousLimit(TimeProvider time)
{
    private const int MostPerWindow = 10;

    /// <summary>Above this many addresses the windows that are over are dropped.</summary>
    private const int AddressesBeforeSweep = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, (DateTimeOffset Start, int Count)> _windows = [];

    /// <param name="retryAfter">When it is not admitted: how long until it is.</param>
    public bool Admits(IPAddress? address, out TimeSpan retryAfter)
    {
        var network = NetworkOf(address ?? IPAddress.None);
        var now = time.GetUtcNow();

        lock (_lock)
        {
            if (!_windows.TryGetValue(network, out var window) || now - window.Start >= Window)
                window = (now, 0);

            retryAfter = window.Start + Window - now;
            if (window.Count == MostPerWindow)
                return false;

            _windows[network] = (window.Start, window.Count + 1);

            if (_windows.Count > AddressesBeforeSweep)
                DropWindowsThatAreOver(now);

            return true;
        }
    }

    private void DropWindowsThatAreOver(DateTimeOffset now)
    {
        foreach (var (network, window) in _windows)
        {
            if (now - window.Start >= Window)
                _windows.Remove(network);
        }
    }

    /// <summary>A household has one IPv4 address, and a whole /64 of IPv6.</summary>
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
