using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Problems;

namespace Latchkey.Generation.Generations;

/// <summary>
/// A JSON object with the values of an order, which are looked up where they stand. Numbers and flags may come as strings: web forms send
/// them so.
/// </summary>
internal sealed class OrderBody : IDisposable
{
    private readonly byte[] _bytes;
    private readonly JsonDocument _document;
    private readonly JsonElement _root;
    private readonly BodyFiles? _files;

    private OrderBody(byte[] bytes, JsonDocument document, BodyFiles? files)
    {
        (_bytes, _document, _files) = (bytes, document, files);
        _root = document.RootElement;
    }

    /// <param name="files">What the marks in it stand for; they stay the caller's.</param>
    public static (OrderBody? Body, GenerationProblem? Problem) Parse(byte[] bytes, BodyFiles? files = null)
    {
        try
        {
            JsonText.Check(bytes);
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });

            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (new OrderBody(bytes, document, files), null);

            document.Dispose();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Told below, without quoting what may be a prompt.
        }

        return (null, GenerationProblem.Invalid("The body must be a JSON object"));
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The first of the names that has a text, a number or a flag; not one that is empty, and not a file.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var text = Find(name) switch
            {
                { ValueKind: JsonValueKind.String } value when FileOf(value) is null => value.GetString()!.Trim(),
                { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
                { ValueKind: JsonValueKind.True } => "true",
                { ValueKind: JsonValueKind.False } => "false",
                _ => "",
            };

            if (text.Length > 0)
                return text;
        }

        return null;
    }

    public bool IsNumber(string name, out decimal number)
    {
        number = 0;
        return Text(name) is { } text
            && decimal.TryParse(text.TrimEnd('s', 'x'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    public JsonNode? Node(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { } value)
                return JsonNode.Parse(value.GetRawText());
        }

        return null;
    }

    /// <summary>What a string or an array of strings names: texts, as UTF-8 where they stand in the body, or files that came with it.</summary>
    public IEnumerable<BodySource> Sources(params string[] names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { ValueKind: JsonValueKind.Array } items)
            {
                foreach (var (index, item) in items.EnumerateArray().Index())
                {
                    if (item.ValueKind == JsonValueKind.String && Raw(item) is { Length: > 0 } raw)
                        yield return new BodySource($"{name}[{index}]", raw, FileOf(item));
                }
            }
            else if (Find(name) is { ValueKind: JsonValueKind.String } one && Raw(one) is { Length: > 0 } raw)
            {
                yield return new BodySource(name, raw, FileOf(one));
            }
        }
    }

    public void Dispose() => _document.Dispose();

    private JsonElement? Find(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private BodyFile? FileOf(JsonElement text) => _files?.Find(text.GetString()!);

    private ReadOnlyMemory<byte> Raw(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];

        // Some encoders write every slash as \/.
        return raw.Contains((byte)'\\') || !_bytes.AsSpan().Overlaps(raw, out var offset)
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : _bytes.AsMemory(offset, raw.Length);
    }
}

/// <summary>Where a reference is.</summary>
/// <param name="Field">Its name in the body, for the caller.</param>
/// <param name="Text">A data URL or an address, in UTF-8, unless it is a file.</param>
/// <param name="File">What came with the body.</param>
internal sealed record BodySource(string Field, ReadOnlyMemory<byte> Text, BodyFile? File);
