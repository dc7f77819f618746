using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>
/// Writes a tree as YAML 1.2. Every string is quoted: a short id such as <c>12345678</c> or <c>1e234567</c> would else be a number, and a name
/// could be anything.
/// </summary>
internal static class YamlText
{
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';
    private const char ByteOrderMark = '\uFEFF';

    public static string Write(JsonObject root)
    {
        var yaml = new StringBuilder();
        Write(yaml, root, depth: 0);

        return yaml.ToString();
    }

    private static void Write(StringBuilder yaml, JsonObject fields, int depth, bool isFirstIndented = false)
    {
        foreach (var (name, value) in fields)
        {
            yaml.Append(' ', isFirstIndented ? 0 : depth * 2).Append(name).Append(':');
            isFirstIndented = false;
            WriteValue(yaml, value, depth);
        }
    }

    private static void WriteValue(StringBuilder yaml, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } fields:
                yaml.Append('\n');
                Write(yaml, fields, depth + 1);
                break;
            case JsonArray { Count: > 0 } items:
                yaml.Append('\n');
                WriteItems(yaml, items, depth + 1);
                break;
            default:
                yaml.Append(' ').Append(Scalar(value)).Append('\n');
                break;
        }
    }

    private static void WriteItems(StringBuilder yaml, JsonArray items, int depth)
    {
        foreach (var item in items)
        {
            yaml.Append(' ', depth * 2).Append("- ");

            if (item is JsonObject { Count: > 0 } fields)
                Write(yaml, fields, depth + 1, isFirstIndented: true);
            else
                yaml.Append(Scalar(item)).Append('\n');
        }
    }

    private static string Scalar(JsonNode? value) =>
        value switch
        {
            null => "null",
            JsonObject => "{}",
            JsonArray { Count: 0 } => "[]",
            JsonArray => throw new ArgumentException("A list in a list is not written.", nameof(value)),
            _ when value.GetValueKind() == JsonValueKind.String => Quoted(value.GetValue<string>()),
            _ => value.ToJsonString(),
        };

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");

        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c is LineSeparator or ParagraphSeparator or ByteOrderMark)
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
