using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>
/// Keeps the users in the core's configuration file, some time after they have changed, so that many changes are one writing. It also lets go of
/// deleted keys that neither the core nor its file know any more.
/// </summary>
/// <param name="file"><c>null</c> when users are not to be written, or the file is not on this machine.</param>
internal sealed class UserFile(
    VpnNode node,
    ConfigurationFile? file,
    NodeKinds kinds,
    IDbContextFactory<VpnDb> databases,
    TimeProvider time
)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // What is wrong with a file stays so for a while, and to find it out the whole of it is read.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private (DateTimeOffset First, DateTimeOffset Last)? _changed;
    private (string Reason, DateTimeOffset Until)? _failed;

    public void Changed()
    {
        lock (_lock)
            _changed = (_changed?.First ?? time.GetUtcNow(), time.GetUtcNow());
    }

    /// <param name="coreAgrees">
    /// Whether the core was just seen to have its users. One that is away may have started from the file as it was before.
    /// </param>
    /// <exception cref="CoreException">The file cannot be used.</exception>
    public async Task WriteIfDueAsync(bool coreAgrees, CancellationToken cancellation)
    {
        if (_failed is { } failed && time.GetUtcNow() < failed.Until)
            throw new CoreException(failed.Reason);

        if (!TakeIfDue())
            return;

        try
        {
            var now = time.GetUtcNow();
            await using var db = await databases.CreateDbContextAsync(cancellation);

            if (file?.Exists == true)
                await file.WriteUsersAsync(await ReadAsync(db, now, cancellation), cancellation);

            // What was confirmed before the rows were read is not in the file: nothing brings it back.
            if (coreAgrees)
                await db.Removals.Where(row => row.Node == node.Name && row.ConfirmedAt <= now).ExecuteDeleteAsync(cancellation);

            _failed = null;
        }
        catch (CoreException failure)
        {
            _failed = (failure.Message, time.GetUtcNow() + AfterFailure);
            Changed();
            throw;
        }
        catch
        {
            Changed();
            throw;
        }
    }

    private async Task<List<CoreUser>> ReadAsync(VpnDb db, DateTimeOffset now, CancellationToken cancellation)
    {
        var flow = Flows.ForCore(node.Flow, await kinds.OfAsync(node, cancellation));
        var keys = await db
            .Keys.AsNoTracking()
            .Where(KeyStates.Is(KeyState.Active, now))
            .OrderBy(key => key.Id)
            .Select(key => new { key.Id, key.Uuid })
            .ToListAsync(cancellation);

        return keys.ConvertAll(key => new CoreUser(VpnKey.EmailOf(key.Id, key.Uuid), key.Uuid, flow));
    }

    private bool TakeIfDue()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();

            if (_changed is not { } changed || (now - changed.Last < Quiet && now - changed.First < LongestWait))
                return false;

            _changed = null;
            return true;
        }
    }
}
