using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Import;

/// <summary>
/// The database of a 3x-ui (x-ui.db): the clients are in the JSON of <c>inbounds.settings</c>, their traffic in <c>client_traffics</c> by
/// e-mail (MHSanaei/3x-ui, database/model/model.go and xray/client_traffic.go). Its <c>totalGB</c> is in bytes, its times in milliseconds.
/// </summary>
internal static class ThreeXUiSource
{
    public static bool Fits(ForeignDatabase database) =>
        database.Has("inbounds", "protocol", "settings", "enable") && database.Has("client_traffics", "email", "up", "down");

    public static IEnumerable<ForeignKey> Read(ForeignDatabase database)
    {
        var traffic = new Dictionary<string, ForeignRow>(StringComparer.Ordinal);

        foreach (var row in database.Read("client_traffics"))
            traffic[row.Text("email") ?? ""] = row;

        foreach (var inbound in database.Read("inbounds").Where(row => row.Text("protocol") == "vless"))
        {
            if (ClientsOf(inbound.Text("settings")) is not { } clients)
            {
                yield return new ForeignKey($"inbounds.id {inbound.Text("id")}", null);
                continue;
            }

            foreach (var client in clients)
                yield return Read(inbound, client, traffic);
        }
    }

    private static ForeignKey Read(ForeignRow inbound, JsonObject json, Dictionary<string, ForeignRow> traffic)
    {
        var client = RowOf(json);
        var email = client.Text("email") ?? "";
        var used = traffic.GetValueOrDefault(email);
        var expiry = client.Number("expiryTime") ?? 0;

        return new ForeignKey($"inbounds.id {inbound.Text("id")}, email {email}", client.Text("id") ?? "")
        {
            Name = email,
            Note = client.Text("comment"),
            CreatedAt = client.Time("created_at"),
            ExpiresAt = ForeignRow.TimeOf(expiry),
            // A negative time is how long it lasts from its first use on.
            ExpiresAfterFirstUse = expiry is < 0 and > -315_360_000_000_000 ? TimeSpan.FromMilliseconds(-(double)expiry) : null,
            DataLimit = client.Number("totalGB"),
            ResetPeriod = PeriodOf(inbound.Text("traffic_reset")),
            DeviceLimit = client.Number("limitIp") is > 0 and <= int.MaxValue and var most ? (int)most : null,
            IsPaused = !(client.Flag("enable") && inbound.Flag("enable")),
            Upload = used?.Number("up") ?? 0,
            Download = used?.Number("down") ?? 0,
            LosesRenewal = client.Number("reset") > 0,
        };
    }

    private static List<JsonObject>? ClientsOf(string? settings)
    {
        try
        {
            return settings is not null && JsonNode.Parse(settings) is JsonObject json
                ? [.. (json["clients"] as JsonArray ?? []).OfType<JsonObject>()]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ForeignRow RowOf(JsonObject json)
    {
        var values = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);

        foreach (var (name, node) in json)
        {
            if (node is not JsonValue value)
                continue;

            values[name] =
                value.TryGetValue<long>(out var number) ? number
                : value.TryGetValue<bool>(out var flag) ? (flag ? 1L : 0L)
                : value.ToString();
        }

        return new ForeignRow(values);
    }

    private static ResetPeriod PeriodOf(string? schedule) =>
        schedule switch
        {
            "daily" => ResetPeriod.Daily,
            "weekly" => ResetPeriod.Weekly,
            "monthly" => ResetPeriod.Monthly,
            _ => ResetPeriod.Never,
        };
}
