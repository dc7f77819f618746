using Latchkey.Vpn.Data;
using Latchkey.Vpn.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Online;

/// <summary>
/// Who is online now: by the cores that tell it, and for those that do not, by the traffic, which shows a key some time after its last byte.
/// </summary>
internal sealed class OnlineList(VpnDb db, VpnCores cores, CoreSchedule schedule, TimeProvider time)
{
    private const int AtOnce = 500;

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(60);

    public async Task<OnlineResponse> ReadAsync(CancellationToken cancellation)
    {
        var report = await cores.ListOnlineAsync();
        var addresses = report?.Keys.ToDictionary(key => key.KeyId, key => key.Addresses) ?? [];
        var keys = new Dictionary<long, OnlineRow>();

        foreach (var part in addresses.Keys.Chunk(AtOnce))
            Add(await Rows(db).Where(row => part.Contains(row.KeyId)).ToListAsync(cancellation));

        if (report is not { IsOfAllCores: true })
        {
            // Traffic that is read seldom is also seen seldom.
            var since = time.GetUtcNow() - (schedule.BetweenTraffic > Recent ? schedule.BetweenTraffic + Recent : Recent);
            Add(await Rows(db).Where(row => row.UsedAt > since).ToListAsync(cancellation));
        }

        var online = keys
            .Values.OrderBy(row => row.KeyId)
            .Select(row => new OnlineKeyResponse(
                row.KeyId,
                row.Name,
                row.UsedAt?.ToUnixTimeSeconds(),
                addresses.TryGetValue(row.KeyId, out var from) ? from : []
            ))
            .ToList();

        return new OnlineResponse(
            online,
            online.Count,
            report is null ? "traffic"
                : report.IsOfAllCores ? "core"
                : "core, traffic"
        );

        void Add(List<OnlineRow> rows)
        {
            foreach (var row in rows)
                keys[row.KeyId] = row;
        }
    }

    private static IQueryable<OnlineRow> Rows(VpnDb db) =>
        db
            .Keys.AsNoTracking()
            .Select(key => new OnlineRow
            {
                KeyId = key.Id,
                Name = key.Name,
                UsedAt = key.Traffic.UsedAt,
            });

    private sealed class OnlineRow
    {
        public required long KeyId { get; init; }
        public required string? Name { get; init; }
        public required DateTimeOffset? UsedAt { get; init; }
    }
}

/// <param name="Source">core: the cores say who is connected; traffic: whose traffic grew in the last minute; or both, by core.</param>
public sealed record OnlineResponse(IReadOnlyList<OnlineKeyResponse> Keys, int Total, string Source);

/// <param name="LastUsedAt">When traffic was last seen, in Unix seconds, or null.</param>
/// <param name="Addresses">Where it is used from; empty where the core does not tell.</param>
public sealed record OnlineKeyResponse(long KeyId, string? Name, long? LastUsedAt, IReadOnlyList<string> Addresses);
