using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Nodes;

/// <summary>Keeps the users in the core's configuration file, some time after they have changed, so that many changes are one writing.</summary>
internal sealed class UserFile(string node, ConfigurationFile file, IDbContextFactory<VpnDb> databases, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private (DateTimeOffset First, DateTimeOffset Last)? _changed;

    public void Changed()
    {
        lock (_lock)
            _changed = (_changed?.First ?? time.GetUtcNow(), time.GetUtcNow());
    }

    /// <param name="users">Whom the core has now.</param>
    /// <exception cref="CoreException">The file cannot be used.</exception>
    public async Task WriteIfDueAsync(Func<IReadOnlyCollection<CoreUser>> users, CancellationToken cancellation)
    {
        if (!file.Exists || !TakeIfDue())
            return;

        try
        {
            var confirmedBefore = time.GetUtcNow();
            await file.WriteUsersAsync(users(), cancellation);
            await LetGoAsync(confirmedBefore, cancellation);
        }
        catch
        {
            Changed();
            throw;
        }
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

    /// <summary>Neither the core nor its file know these any more, so that nothing brings them back.</summary>
    private async Task LetGoAsync(DateTimeOffset confirmedBefore, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        await db.Removals.Where(row => row.Node == node && row.ConfirmedAt <= confirmedBefore).ExecuteDeleteAsync(cancellation);
    }
}
