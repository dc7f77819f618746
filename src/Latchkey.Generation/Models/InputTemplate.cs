using System.Globalization;
using System.Text.Json.Nodes;

namespace Latchkey.Generation.Models;

/// <summary>
/// Makes a provider's input from a template of the catalogue. A string that begins with <c>$</c> stands for a value of the order and is left
/// out with its property when the order has none: <c>"$duration|string"</c>, <c>"$images|first"</c>. An object with <c>$pick</c> translates:
/// <c>{"$pick":"quality","basic":"2K","high":"4K"}</c>. Everything else is taken as it is.
/// </summary>
internal static class InputTemplate
{
    private const string Pick = "$pick";

    public static JsonObject Fill(JsonObject template, Func<string, JsonNode?> value) =>
        (JsonObject?)Expand(template, value) ?? new JsonObject();

    public static string FillText(JsonNode template, Func<string, JsonNode?> value) =>
        Expand(template, value)?.ToString() ?? throw new InvalidOperationException("A route's upstream has no value for this order.");

    /// <summary>The names that a template asks for, so that a misspelt one is found when the catalogue is read.</summary>
    public static IEnumerable<string> Names(JsonNode? template) =>
        template switch
        {
            JsonObject picks when picks.ContainsKey(Pick) => [picks[Pick]!.GetValue<string>()],
            JsonObject properties => properties.SelectMany(property => Names(property.Value)),
            JsonArray items => items.SelectMany(Names),
            JsonValue text when IsPlaceholder(text, out var name, out _) => [name],
            _ => [],
        };

    private static JsonNode? Expand(JsonNode? template, Func<string, JsonNode?> value) =>
        template switch
        {
            JsonObject picks when picks.ContainsKey(Pick) => Translate(picks, value),
            JsonObject properties => Object(properties, value),
            JsonArray items => new JsonArray([.. items.Select(item => Expand(item, value)).Where(item => item is not null)]),
            JsonValue text when IsPlaceholder(text, out var name, out var form) => Convert(value(name), form),
            _ => template?.DeepClone(),
        };

    private static JsonObject Object(JsonObject properties, Func<string, JsonNode?> value)
    {
        var filled = new JsonObject();

        foreach (var (name, property) in properties)
        {
            if (Expand(property, value) is { } its)
                filled[name] = its;
        }

        return filled;
    }

    private static JsonNode? Translate(JsonObject picks, Func<string, JsonNode?> value)
    {
        var key = value(picks[Pick]!.GetValue<string>())?.ToString();

        return Expand(key is not null && picks.ContainsKey(key) ? picks[key] : picks["default"], value);
    }

    private static bool IsPlaceholder(JsonValue text, out string name, out string? form)
    {
        (name, form) = ("", null);

        if (!text.TryGetValue<string>(out var written) || written.Length < 2 || written[0] != '$')
            return false;

        var parts = written[1..].Split('|', 2);
        (name, form) = (parts[0], parts.Length > 1 ? parts[1] : null);
        return true;
    }

    private static JsonNode? Convert(JsonNode? value, string? form) =>
        (value, form) switch
        {
            (null, _) => null,
            (JsonArray { Count: 0 }, _) => null,
            (JsonArray items, "first") => items[0]!.DeepClone(),
            (_, "string") => JsonValue.Create(value.ToString()),
            (_, "number") => JsonValue.Create(decimal.Parse(value.ToString(), CultureInfo.InvariantCulture)),
            (_, null) => value.DeepClone(),
            _ => throw new InvalidOperationException($"A template asks for the unknown form '{form}'."),
        };
}
