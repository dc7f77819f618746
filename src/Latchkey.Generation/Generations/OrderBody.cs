using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Generations;

/// <summary>
/// The JSON body of an order. It may hold tens of megabytes of pictures, so it is read once, kept as it came, and values are looked up in
/// place. Numbers and flags may come as strings: web forms send them so.
/// </summary>
internal sealed class OrderBody : IDisposable
{
    public const long MaxBytes = 50L * 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly JsonDocument _document;
    private readonly JsonElement _root;

    private OrderBody(byte[] bytes, JsonDocument document)
    {
        (_bytes, _document) = (bytes, document);
        _root = document.RootElement;
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    public string Hash { get; }

    public static async Task<(OrderBody? Body, GenerationProblem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream((int)Math.Clamp(request.ContentLength ?? 0, 0, MaxBytes));
        await request.Body.CopyToAsync(buffer, cancellation);

        // Fifty megabytes are not copied when their length was announced.
        return Parse(buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray());
    }

    public static (OrderBody? Body, GenerationProblem? Problem) Parse(byte[] bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });

            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (new OrderBody(bytes, document), null);

            document.Dispose();
        }
        catch (JsonException)
        {
            // Told below, without quoting what may be a prompt.
        }

        return (null, GenerationProblem.Invalid("The body must be a JSON object"));
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The first of the names that has a text, a number or a flag; not one that is empty.</summary>
    public string? Text(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var text = Find(name) switch
            {
                { ValueKind: JsonValueKind.String } value => value.GetString()!.Trim(),
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

    /// <summary>The texts of a string or of an array of strings, as UTF-8, where they stand in the body.</summary>
    public IEnumerable<(string Field, ReadOnlyMemory<byte> Value)> Sources(params string[] names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { ValueKind: JsonValueKind.Array } items)
            {
                foreach (var (index, item) in items.EnumerateArray().Index())
                {
                    if (item.ValueKind == JsonValueKind.String && Raw(item) is { Length: > 0 } raw)
                        yield return ($"{name}[{index}]", raw);
                }
            }
            else if (Find(name) is { ValueKind: JsonValueKind.String } one && Raw(one) is { Length: > 0 } raw)
            {
                yield return (name, raw);
            }
        }
    }

    public void Dispose() => _document.Dispose();

    private JsonElement? Find(string name) =>
        _root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private ReadOnlyMemory<byte> Raw(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];

        // Some encoders write every slash as \/.
        return raw.Contains((byte)'\\') || !_bytes.AsSpan().Overlaps(raw, out var offset)
            ? Encoding.UTF8.GetBytes(text.GetString()!)
            : _bytes.AsMemory(offset, raw.Length);
    }
}
