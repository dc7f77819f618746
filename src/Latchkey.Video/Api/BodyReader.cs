using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Api;

/// <summary>
/// Reads a JSON object attribute by attribute, so that each wrong type is reported with the attribute's name, all at once. Unknown
/// attributes are ignored; clients send media types of all kinds, so none is asked for.
/// </summary>
internal sealed class BodyReader
{
    private const int LargestBody = 1024 * 1024;

    private readonly JsonElement _body;
    private readonly List<Problem> _problems;
    private readonly string? _parent;

    private BodyReader(JsonElement body, List<Problem> problems, string? parent)
    {
        _body = body;
        _problems = problems;
        _parent = parent;
    }

    public bool IsValid => _problems.Count == 0;

    /// <exception cref="ProblemException">There is no body, or it is no JSON object.</exception>
    public static async Task<BodyReader> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > LargestBody)
            throw TooLarge();

        using var copy = new MemoryStream();
        var buffer = new byte[16 * 1024];

        while (await request.Body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if (copy.Length + read > LargestBody)
                throw TooLarge();

            copy.Write(buffer, 0, read);
        }

        return new BodyReader(Parse(copy), [], null);
    }

    /// <summary>Whether the attribute is there at all, be it <c>null</c>.</summary>
    public bool Has(string name) => _body.TryGetProperty(name, out _);

    public bool IsNull(string name) => _body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    public string? Text(string name, int longest)
    {
        if (Find(name) is not { } value)
            return null;

        if (AsText(value) is not { } text)
            return Reject<string>(name, "This attribute must be a string.");

        return text.Length <= longest ? text : Reject<string>(name, $"This attribute may have {longest} characters.");
    }

    /// <summary>A text that may be unset with <c>null</c>.</summary>
    public Optional<string?> OptionalText(string name, int longest) =>
        IsNull(name) ? new Optional<string?>(null)
        : Text(name, longest) is { } text ? new Optional<string?>(text)
        : default;

    public string? RequiredText(string name, int longest)
    {
        if (Find(name) is null)
        {
            _problems.Add(Problems.AttributeRequired(Full(name)));
            return null;
        }

        var text = Text(name, longest);

        if (text is not null && string.IsNullOrWhiteSpace(text))
            _problems.Add(Problems.AttributeRequired(Full(name)));

        return text;
    }

    public bool? Boolean(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : RejectValue<bool>(name, "This attribute must be a boolean.");

    public int? Integer(string name, int min, int max) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max ? number
        : RejectValue<int>(name, $"This attribute must be a whole number from {min} to {max}.");

    public DateTimeOffset? Date(string name) =>
        Find(name) is not { } value ? null
        : Dates.TryRead(AsText(value), out var date) ? date
        : RejectValue<DateTimeOffset>(name, "This attribute must be an ISO-8601 date.");

    public IReadOnlyList<string>? Texts(string name, int most, int longest)
    {
        if (Find(name) is not { } value)
            return null;

        if (value.ValueKind != JsonValueKind.Array)
            return Reject<IReadOnlyList<string>>(name, "This attribute must be an array.");

        if (value.GetArrayLength() > most)
            return Reject<IReadOnlyList<string>>(name, $"This attribute may have {most} elements.");

        var texts = new List<string>();

        foreach (var element in value.EnumerateArray())
        {
            if (AsText(element) is not { } text || text.Length > longest)
                return Reject<IReadOnlyList<string>>(name, $"This attribute must be an array of strings of at most {longest} characters.");

            texts.Add(text);
        }

        return texts;
    }

    /// <summary>An array of <c>{"key": …, "value": …}</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Pairs(string name, int most, int longestKey, int longestValue)
    {
        if (Find(name) is not { } value)
            return null;

        if (value.ValueKind != JsonValueKind.Array)
            return Reject<IReadOnlyList<KeyValuePair<string, string>>>(name, "This attribute must be an array.");

        if (value.GetArrayLength() > most)
            return Reject<IReadOnlyList<KeyValuePair<string, string>>>(name, $"This attribute may have {most} elements.");

        var pairs = new List<KeyValuePair<string, string>>();

        foreach (var element in value.EnumerateArray())
        {
            if (
                element.ValueKind != JsonValueKind.Object
                || !element.TryGetProperty("key", out var key)
                || !element.TryGetProperty("value", out var content)
                || AsText(key) is not { Length: > 0 } keyText
                || AsText(content) is not { } contentText
            )
                return Reject<IReadOnlyList<KeyValuePair<string, string>>>(
                    name,
                    "Each element must have a string \"key\" and a string \"value\"."
                );

            if (keyText.Length > longestKey || contentText.Length > longestValue)
                return Reject<IReadOnlyList<KeyValuePair<string, string>>>(
                    name,
                    $"A key may have {longestKey} characters, a value {longestValue}."
                );

            pairs.Add(new(keyText, contentText));
        }

        return pairs;
    }

    /// <summary>An object within; its problems come out together with those of the whole.</summary>
    public BodyReader? Object(string name) =>
        Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new BodyReader(value, _problems, Full(name))
        : Reject<BodyReader>(name, "This attribute must be an object.");

    public void Add(Problem problem) => _problems.Add(problem);

    public void Invalid(string name, string detail) => _problems.Add(Problems.InvalidAttribute(Full(name), detail));

    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0)
            throw new ProblemException(Problem.All(_problems));
    }

    private JsonElement? Find(string name) =>
        _body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private T? Reject<T>(string name, string detail)
        where T : class
    {
        Invalid(name, detail);
        return null;
    }

    private T? RejectValue<T>(string name, string detail)
        where T : struct
    {
        Invalid(name, detail);
        return null;
    }

    private string Full(string name) => _parent is null ? name : $"{_parent}[{name}]";

    private static string? AsText(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escape of half a surrogate pair is valid JSON, and no text.
            return null;
        }
    }

    private static JsonElement Parse(MemoryStream body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));

            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ProblemException(Problems.InvalidPayload("The body must be a JSON object."));
        }
        catch (JsonException)
        {
            throw new ProblemException(
                Problems.InvalidPayload(body.Length == 0 ? "The body is missing; it must be a JSON object." : "The body is not valid JSON.")
            );
        }
    }

    private static ProblemException TooLarge() => new(Problems.InvalidPayload($"The body may have {LargestBody} bytes."));
}
