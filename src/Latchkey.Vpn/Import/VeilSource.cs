namespace Latchkey.Vpn.Import;

/// <summary>The database of a Veil Xray API: <c>keys</c>, and <c>traffic_stats</c> by <c>key_id</c>.</summary>
internal static class VeilSource
{
    public static bool Fits(ForeignDatabase database) => database.Has("keys", "id", "uuid", "short_id", "is_active");

    public static IEnumerable<ForeignKey> Read(ForeignDatabase database)
    {
        var traffic = new Dictionary<long, ForeignRow>();

        if (database.Has("traffic_stats", "key_id"))
        {
            foreach (var row in database.Read("traffic_stats"))
                traffic[row.Number("key_id") ?? 0] = row;
        }

        foreach (var row in database.Read("keys"))
        {
            var used = traffic.GetValueOrDefault(row.Number("id") ?? 0);

            yield return new ForeignKey($"keys.id {row.Text("id")}", row.Text("uuid") ?? "")
            {
                Id = row.Number("id"),
                Name = row.Text("name"),
                ShortId = row.Text("short_id"),
                CreatedAt = row.Time("created_at"),
                IsPaused = !row.Flag("is_active"),
                Upload = used?.Number("upload") ?? 0,
                Download = used?.Number("download") ?? 0,
            };
        }
    }
}
