using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Import;

/// <summary>
/// The database of a Marzban: <c>users</c>, and <c>proxies</c> by <c>user_id</c> with the UUID in the JSON of <c>settings</c>
/// (Gozargah/Marzban, app/db/models.py). It counts up and down together, so all of it is taken as downloaded.
/// </summary>
internal static class MarzbanSource
{
    public static bool Fits(ForeignDatabase database) =>
        database.Has("users", "username", "used_traffic", "status") && database.Has("proxies", "user_id", "type", "settings");

    public static IEnumerable<ForeignKey> Read(ForeignDatabase database)
    {
        var uuids = new Dictionary<long, string>();

        foreach (var proxy in database.Read("proxies"))
        {
            if (string.Equals(proxy.Text("type"), "vless", StringComparison.OrdinalIgnoreCase) && proxy.Number("user_id") is { } userId)
                uuids.TryAdd(userId, UuidOf(proxy.Text("settings")));
        }

        foreach (var row in database.Read("users"))
        {
            var isOnHold = row.Text("status") == "on_hold";

            yield return new ForeignKey($"users.username {row.Text("username")}", uuids.GetValueOrDefault(row.Number("id") ?? 0))
            {
                Name = row.Text("username"),
                Note = row.Text("note"),
                CreatedAt = row.Time("created_at"),
                ExpiresAt = row.Time("expire"),
                ExpiresAfterFirstUse =
                    isOnHold && row.Number("on_hold_expire_duration") is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
                DataLimit = row.Number("data_limit"),
                ResetPeriod = PeriodOf(row.Text("data_limit_reset_strategy")),
                IsPaused = row.Text("status") == "disabled",
                Download = row.Number("used_traffic") ?? 0,
            };
        }
    }

    private static string UuidOf(string? settings)
    {
        try
        {
            return settings is not null && JsonNode.Parse(settings) is JsonObject json && json["id"] is JsonValue id ? id.ToString() : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static ResetPeriod PeriodOf(string? strategy) =>
        strategy switch
        {
            "day" => ResetPeriod.Daily,
            "week" => ResetPeriod.Weekly,
            "month" => ResetPeriod.Monthly,
            "year" => ResetPeriod.Yearly,
            _ => ResetPeriod.Never,
        };
}
