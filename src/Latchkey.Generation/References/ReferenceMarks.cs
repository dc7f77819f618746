using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.References;

/// <summary>
/// In a provider's input a reference first stands as a mark, with its place in the list. The provider puts in its place what its vendor
/// understands: an address, a data URL, or a file part.
/// </summary>
internal static class ReferenceMarks
{
    // Made anew in each process and told to nobody: no prompt can be taken for a mark.
    private static readonly string Prefix = $"reference-{Guid.NewGuid():N}:";

    /// <summary>What a template's <c>$images</c> or <c>$start</c> stands for; <c>null</c> for other names, and when there is none.</summary>
    public static JsonNode? For(GenerationOrder order, string role)
    {
        var marks = order
            .References.Index()
            .Where(reference => reference.Item.Role == role)
            .Select(reference => (JsonNode)JsonValue.Create(Prefix + reference.Index.ToString(CultureInfo.InvariantCulture)))
            .ToList();

        return marks.Count == 0 ? null
            : role == OrderFields.Images ? new JsonArray([.. marks])
            : marks[0];
    }

    /// <summary>The places of the references that an input mentions, each once.</summary>
    public static IEnumerable<int> In(JsonNode? input) =>
        input switch
        {
            JsonObject properties => properties.SelectMany(property => In(property.Value)).Distinct(),
            JsonArray items => items.SelectMany(In).Distinct(),
            JsonValue value when IndexOf(value) is { } index => [index],
            _ => [],
        };

    /// <summary>The input with each mark replaced.</summary>
    public static JsonNode? Replace(JsonNode? input, Func<int, string> replacement) =>
        input switch
        {
            JsonObject properties => new JsonObject(
                properties.Select(property => KeyValuePair.Create(property.Key, Replace(property.Value, replacement)))
            ),
            JsonArray items => new JsonArray([.. items.Select(item => Replace(item, replacement))]),
            JsonValue value when IndexOf(value) is { } index => JsonValue.Create(replacement(index)),
            _ => input?.DeepClone(),
        };

    public static int? IndexOf(JsonNode? value) =>
        value is JsonValue text
        && text.TryGetValue<string>(out var written)
        && written.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(written.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
