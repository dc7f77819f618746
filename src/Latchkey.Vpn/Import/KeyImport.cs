using Latchkey.Platform.Settings;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Traffic;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Import;

/// <summary>Reads all of the source first, then writes in parts, so that a server on the same data can write in between. It can be run again.</summary>
internal sealed class KeyImport(IDbContextFactory<VpnDb> databases, string shortId, TimeProvider time) : IKeyImport
{
    private const int AtOnce = 1000;

    public async Task<ImportSummary> ImportAsync(string path, ImportSource? source, bool isDryRun, CancellationToken cancellation)
    {
        var (found, rows) = Read(path, source);
        var left = rows.Where(row => row.Problem is not null).Select(row => new ImportProblem(row.Row, row.Problem!)).ToList();
        var keys = new Dictionary<string, ForeignKey>(StringComparer.Ordinal);

        foreach (var row in rows.Where(row => row.Problem is null))
        {
            if (!keys.TryAdd(row.ParsedUuid!, row))
                left.Add(
                    new(
                        row.Row,
                        new(
                            $"it has the same UUID as {keys[row.ParsedUuid!].Row}",
                            $"тот же UUID, что и в строке {keys[row.ParsedUuid!].Row}"
                        )
                    )
                );
        }

        var fresh = await WithoutPresentAsync([.. keys.Values], cancellation);
        var highest = await HighestEverAsync(cancellation);
        var kept = fresh.Where(key => key.Id > highest).OrderBy(key => key.Id).ToList();
        var others = fresh.Where(key => key.Id is null || key.Id <= highest).ToList();

        if (!isDryRun)
        {
            others.AddRange(await WriteKeptAsync(kept, cancellation));
            await WriteAsync(others, cancellation);
        }

        return new ImportSummary(
            found,
            fresh.Count,
            keys.Count - fresh.Count,
            [.. others.Where(key => key.Id is not null).Select(key => key.Id!.Value).Order()],
            left,
            [.. Remarks(fresh)]
        );
    }

    private static (ImportSource Source, List<ForeignKey> Keys) Read(string path, ImportSource? source)
    {
        using var database = ForeignDatabase.Open(path);

        try
        {
            return (source ?? Recognize(database)) switch
            {
                ImportSource.Veil when VeilSource.Fits(database) => (ImportSource.Veil, [.. VeilSource.Read(database)]),
                ImportSource.Marzban when MarzbanSource.Fits(database) => (ImportSource.Marzban, [.. MarzbanSource.Read(database)]),
                ImportSource.ThreeXUi when ThreeXUiSource.Fits(database) => (ImportSource.ThreeXUi, [.. ThreeXUiSource.Read(database)]),
                _ => throw new ImportException(
                    new(
                        $"{path} has not the tables of a Veil, Marzban or 3x-ui database (of the kind that was named).",
                        $"В {path} нет таблиц базы Veil, Marzban или 3x-ui (указанного вида)."
                    )
                ),
            };
        }
        catch (SqliteException failure)
        {
            throw ForeignDatabase.Unreadable(path, failure);
        }
    }

    private static ImportSource? Recognize(ForeignDatabase database) =>
        VeilSource.Fits(database) ? ImportSource.Veil
        : MarzbanSource.Fits(database) ? ImportSource.Marzban
        : ThreeXUiSource.Fits(database) ? ImportSource.ThreeXUi
        : null;

    private async Task<List<ForeignKey>> WithoutPresentAsync(IReadOnlyList<ForeignKey> keys, CancellationToken cancellation)
    {
        var fresh = new List<ForeignKey>();

        foreach (var part in keys.Chunk(AtOnce))
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            var present = await PresentAsync(db, part, cancellation);
            fresh.AddRange(part.Where(key => !present.Contains(key.ParsedUuid!)));
        }

        return fresh;
    }

    private static async Task<HashSet<string>> PresentAsync(VpnDb db, ForeignKey[] keys, CancellationToken cancellation)
    {
        var uuids = keys.Select(key => key.ParsedUuid!).ToList();

        return await db.Keys.Where(row => uuids.Contains(row.Uuid)).Select(row => row.Uuid).ToHashSetAsync(cancellation);
    }

    private async Task<long> HighestEverAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await HighestEverAsync(db, cancellation);
    }

    /// <summary>Every number up to here is or was some key's, and is not given out again (https://www.sqlite.org/autoinc.html).</summary>
    private static async Task<long> HighestEverAsync(VpnDb db, CancellationToken cancellation) =>
        await db
            .Database.SqlQuery<long>($"SELECT seq AS Value FROM sqlite_sequence WHERE name = 'vpn_keys'")
            .FirstOrDefaultAsync(cancellation);

    /// <summary>With their own numbers.</summary>
    /// <returns>Those whose number a server on the same data has given out meanwhile.</returns>
    private async Task<List<ForeignKey>> WriteKeptAsync(List<ForeignKey> keys, CancellationToken cancellation)
    {
        var overtaken = new List<ForeignKey>();

        foreach (var part in keys.Chunk(AtOnce))
        {
            await WriteAsync(
                part,
                (key, highest) =>
                {
                    if (key.Id > highest)
                        return key.Id;

                    overtaken.Add(key);
                    return null;
                },
                cancellation
            );
        }

        return overtaken;
    }

    private async Task WriteAsync(List<ForeignKey> keys, CancellationToken cancellation)
    {
        foreach (var part in keys.Chunk(AtOnce))
            await WriteAsync(part, (_, _) => 0, cancellation);
    }

    /// <param name="number">The number that a key is to have; 0 for the next one, <c>null</c> to leave it for later.</param>
    private async Task WriteAsync(ForeignKey[] keys, Func<ForeignKey, long, long?> number, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var present = await PresentAsync(db, keys, cancellation);
        var highest = await HighestEverAsync(db, cancellation);

        foreach (var key in keys.Where(key => !present.Contains(key.ParsedUuid!)))
        {
            if (number(key, highest) is not { } id)
                continue;

            var row = RowOf(key);
            db.Entry(row).Property(one => one.Id).CurrentValue = id;
            db.Add(row);
        }

        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private VpnKey RowOf(ForeignKey key)
    {
        var now = time.GetUtcNow();
        var terms = key.Terms(now);
        var row = VpnKey.Create(terms, shortId, key.CreatedAt ?? now, key.ParsedUuid);

        // Counted from here: what would have been due since its creation has been done over there.
        row.Traffic.PlanReset(key.ResetPeriod, now);
        row.Traffic.TakeOver(Math.Max(0, key.Upload), Math.Max(0, key.Download));

        // It is no news.
        if (row.ExpiresAt <= now)
            row.Traffic.Tell(KeyNotice.Expired);
        else if (row.Traffic.Total >= row.DataLimit)
            row.Traffic.Tell(KeyNotice.LimitReached);

        return row;
    }

    private IEnumerable<LocalizedText> Remarks(List<ForeignKey> keys)
    {
        if (keys.Count(key => key.IsCut) is > 0 and var cut)
            yield return new(
                $"Names or notes that were cut to what fits: {cut}.",
                $"Имена и заметки, сокращённые до допустимой длины: {cut}."
            );

        if (keys.Count(key => key.ExpiresAfterFirstUse is not null) is > 0 and var waiting)
            yield return new(
                $"Keys whose time was to begin with their first use: {waiting}; it begins now.",
                $"Ключи, срок которых должен был начаться с первого использования: {waiting}; он начинается сейчас."
            );

        if (keys.Count(key => key.LosesRenewal) is > 0 and var renewed)
            yield return new(
                $"Keys that were renewed by themselves: {renewed}; here they expire.",
                $"Ключи с автоматическим продлением: {renewed}; здесь они истекут."
            );

        var strangers = keys.Select(key => key.ShortId)
            .Where(id => !string.IsNullOrEmpty(id) && !string.Equals(id, shortId, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();

        if (strangers.Count > 0)
            yield return new(
                $"The links that are out there have another short id ({string.Join(", ", strangers.Take(3))}) than REALITY_COMMON_SHORT_ID ({shortId}): both must stand in the core's shortIds.",
                $"В выданных ссылках другой short id ({string.Join(", ", strangers.Take(3))}), чем REALITY_COMMON_SHORT_ID ({shortId}): в shortIds ядра должны быть оба."
            );
    }
}
