using System.Collections.Concurrent;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>Which kind each node's core is, also while it does not answer: as set, as last seen, or by the name of the program here.</summary>
internal sealed class NodeKinds(LatchkeySettings settings, IDbContextFactory<VpnDb> databases, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (CoreKind Kind, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    public async ValueTask<CoreKind> OfAsync(VpnNode node, CancellationToken cancellation)
    {
        if (node.Kind is { } kind)
            return kind;

        if (_known.TryGetValue(node.Name, out var known) && known.Until > time.GetUtcNow())
            return known.Kind;

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var seen = await db.Nodes.AsNoTracking().FirstOrDefaultAsync(row => row.Node == node.Name, cancellation);
        var found = seen?.Kind ?? CoreBinary.Find(settings)?.Kind ?? CoreKind.Xray;
        _known[node.Name] = (found, time.GetUtcNow() + Remembered);

        return found;
    }
}
