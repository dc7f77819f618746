using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Platform.Access;

namespace Latchkey.Commands;

/// <summary>Writes keys for people and for scripts.</summary>
internal static class KeysText
{
    private const string Moment = "yyyy-MM-dd HH:mm";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void WriteIssued(Terminal terminal, IssuedKey issued, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(KeyJson.From(issued.Key, issued.Secret), Options));
            return;
        }

        var key = issued.Key;
        var ends = key.ExpiresAt is { } expiry ? At(expiry) : terminal.Say("never", "никогда");

        terminal.Line($"{terminal.Say("Key", "Ключ")}:     {terminal.Bold(issued.Secret)}");
        terminal.Line($"Id:      {key.Id}{(key.Name.Length > 0 ? $" ({key.Name})" : "")}");
        terminal.Line($"{terminal.Say("Scopes: ", "Права:  ")} {KeyArguments.Names(key.Scopes)}, {EnvironmentOf(key)}");
        terminal.Line($"{terminal.Say("Expires:", "До:     ")} {ends}");
        terminal.Line(
            terminal.Yellow(
                terminal.Say("The key is shown this once: only its hash is stored.", "Ключ показан один раз: хранится только его хеш.")
            )
        );
    }

    public static void WriteList(Terminal terminal, IReadOnlyList<KeySummary> keys, DateTimeOffset now, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(keys.Select(key => KeyJson.From(key)), Options));
            return;
        }

        if (keys.Count == 0)
        {
            terminal.Line(
                terminal.Say(
                    "There are no keys yet. The first start of the server makes an admin key.",
                    "Ключей ещё нет. Первый запуск сервера создаёт ключ администратора."
                )
            );
            return;
        }

        string[] heads =
        [
            "id",
            terminal.Say("name", "имя"),
            terminal.Say("ends in", "конец"),
            terminal.Say("scopes", "права"),
            terminal.Say("environment", "среда"),
            terminal.Say("made", "создан"),
            terminal.Say("last used", "использован"),
            terminal.Say("state", "состояние"),
        ];
        WriteTable(terminal, heads, [.. keys.Select(key => RowOf(terminal, key, now))]);
    }

    public static void WriteRevoked(Terminal terminal, KeySummary key) =>
        terminal.Line(
            terminal.Say(
                $"{key.Id} is revoked. A running server stops taking it within 30 seconds.",
                $"{key.Id} отозван. Работающий сервер перестанет принимать его в течение 30 секунд."
            )
        );

    private static string[] RowOf(Terminal terminal, KeySummary key, DateTimeOffset now) =>
        [
            key.Id,
            key.Name,
            "…" + key.Ending,
            KeyArguments.Names(key.Scopes),
            EnvironmentOf(key),
            At(key.CreatedAt),
            key.LastUsedAt is { } used ? At(used) : "–",
            StateOf(terminal, key, now),
        ];

    private static string StateOf(Terminal terminal, KeySummary key, DateTimeOffset now) =>
        key switch
        {
            { RevokedAt: { } revoked } => terminal.Say($"revoked {At(revoked)}", $"отозван {At(revoked)}"),
            { ExpiresAt: { } expiry } when expiry <= now => terminal.Say($"expired {At(expiry)}", $"истёк {At(expiry)}"),
            { ExpiresAt: { } expiry } => terminal.Say($"works until {At(expiry)}", $"действует до {At(expiry)}"),
            _ => terminal.Say("works", "действует"),
        };

    private static void WriteTable(Terminal terminal, string[] heads, IReadOnlyList<string[]> rows)
    {
        var widths = heads
            .Select((head, column) => rows.Max(row => row[column].Length) is var longest && longest > head.Length ? longest : head.Length)
            .ToArray();

        terminal.Line(terminal.Bold(LineOf(heads)));

        foreach (var row in rows)
            terminal.Line(LineOf(row));

        string LineOf(string[] cells) => string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }

    private static string EnvironmentOf(KeySummary key) => key.Environment == KeyEnvironment.Sandbox ? "sandbox" : "production";

    private static string At(DateTimeOffset moment) => moment.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture);
}

/// <param name="Secret">Only in the answer to <c>create</c>.</param>
internal sealed record KeyJson(
    string Id,
    string Name,
    string? Secret,
    string Ending,
    IReadOnlyList<string> Scopes,
    string Environment,
    bool FromSetting,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt
)
{
    public static KeyJson From(KeySummary key, string? secret = null) =>
        new(
            key.Id,
            key.Name,
            secret,
            key.Ending,
            KeyArguments.Names(key.Scopes).Split(','),
            key.Environment == KeyEnvironment.Sandbox ? "sandbox" : "production",
            key.FromSetting,
            key.CreatedAt,
            key.ExpiresAt,
            key.RevokedAt,
            key.LastUsedAt
        );
}
