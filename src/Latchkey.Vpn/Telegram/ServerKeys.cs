using Latchkey.Platform.Web;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn.Telegram;

/// <summary>The keys of this server.</summary>
internal sealed class ServerKeys(
    IServiceScopeFactory scopes,
    KeyReader reader,
    VpnCores cores,
    VpnNodes nodes,
    NodeKinds kinds,
    PublicUrl publicUrl,
    TimeProvider time
) : IBotKeys
{
    public Task<BotKey> CreateAsync(string name, string requestName, CancellationToken cancellation) =>
        InScopeAsync<KeyCreation, BotKey>(async creation =>
            await creation.CreateAsync(KeyTerms.None with { Name = name }, requestName, cancellation) is { } key
                ? Of(KeyResponses.Of(key, time.GetUtcNow()))
                : throw new BotKeysException("The same request was made with another name")
        );

    public Task<BotKey?> FindAsync(long id, CancellationToken cancellation) => Task.FromResult(Find(id) is { } key ? Of(key) : null);

    public Task<BotKeyPage> ListAsync(int offset, int limit, CancellationToken cancellation) =>
        InScopeAsync<VpnDb, BotKeyPage>(async db =>
        {
            var now = time.GetUtcNow();
            var keys = await db
                .Keys.AsNoTracking()
                .Include(key => key.Traffic)
                .OrderBy(key => key.Id)
                .Skip(offset)
                .Take(limit)
                .ToListAsync(cancellation);

            return new BotKeyPage([.. keys.Select(key => Of(KeyResponses.Of(key, now)))], await db.Keys.CountAsync(cancellation));
        });

    public async Task<string?> LinkAsync(long id, CancellationToken cancellation)
    {
        if (Find(id) is not { } key)
            return null;

        var node = nodes.First;

        if (node.Link.PublicKey is null)
            throw new BotKeysException(VpnProblem.PublicKeyMissing.Detail);

        return VlessLink.Write(
            node.Link,
            key.Uuid,
            new Uri(publicUrl.BaseWithoutRequest).IdnHost,
            node.Flow,
            await kinds.OfAsync(node, cancellation),
            string.IsNullOrEmpty(key.Name) ? $"key_{key.KeyId}" : key.Name
        );
    }

    public async Task<BotTraffic?> TrafficAsync(long id, CancellationToken cancellation)
    {
        if (Find(id) is not { } key)
            return null;

        await cores.RefreshTrafficAsync(id, key.Uuid);

        return await InScopeAsync<VpnDb, BotTraffic?>(db =>
            db.Traffic.Where(row => row.KeyId == id)
                .Select(row => new BotTraffic(row.Upload, row.Download))
                .FirstOrDefaultAsync(cancellation)
        );
    }

    public async Task<BotTraffic?> ResetTrafficAsync(long id, CancellationToken cancellation)
    {
        if (Find(id) is not { } key)
            return null;

        // What was used up to now belongs to what is reset.
        await cores.RefreshTrafficAsync(id, key.Uuid, toTheLastByte: true);

        return await InScopeAsync<TrafficReset, (long, long)?>(reset => reset.ResetAsync(id, cancellation)) is var (upload, download)
            ? new BotTraffic(upload, download)
            : null;
    }

    public Task<bool> DeleteAsync(long id, CancellationToken cancellation) =>
        InScopeAsync<KeyDeletion, bool>(async deletion => (await deletion.DeleteAsync([id], cancellation)).Count > 0);

    private KeyResponse? Find(long id) => reader.Find(new KeyReference("", id, null));

    private async Task<TResult> InScopeAsync<TWorker, TResult>(Func<TWorker, Task<TResult>> work)
        where TWorker : notnull
    {
        await using var scope = scopes.CreateAsyncScope();

        return await work(scope.ServiceProvider.GetRequiredService<TWorker>());
    }

    private static BotKey Of(KeyResponse key) => new(key.KeyId, key.Uuid, key.Name, key.IsActive);
}
