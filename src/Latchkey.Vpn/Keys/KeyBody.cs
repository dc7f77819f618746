using System.Text;
using System.Text.Json;
using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Keys;

/// <summary>
/// Reads what a request says of a key, after the caller is known, and names the field that is wrong. Comments are allowed, since the
/// contract's own samples have them; fields that nobody knows are not looked at.
/// </summary>
internal static class KeyBody
{
    // A thousand keys in one body are some 200 KB.
    private const int LargestBody = 1024 * 1024;

    private const long LargestLimit = 1L << 60;
    private const int MostDevices = 10_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The body as JSON of a kind, or what is wrong.</summary>
    public static async Task<(JsonDocument? Body, VpnProblem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();

        if (!await TryReadAsync(request, bytes, cancellation))
            return (null, VpnProblem.BodyTooLarge);

        try
        {
            var body = await JsonDocument.ParseAsync(bytes, Lenient, cancellation);

            if (body.RootElement.ValueKind == JsonValueKind.Object)
                return (body, null);

            body.Dispose();
            return (null, VpnProblem.BadRequest("The body must be a JSON object, such as {\"name\": \"user_1\"}"));
        }
        catch (JsonException failure)
        {
            return (
                null,
                VpnProblem.BadRequest($"The body is not JSON (line {failure.LineNumber + 1}, column {failure.BytePositionInLine + 1})")
            );
        }
    }

    /// <summary>What a request says of one key, or what is wrong.</summary>
    public static async Task<(KeyTerms? Terms, VpnProblem? Problem)> ReadTermsAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (body, problem) = await ReadAsync(request, cancellation);

        using (body)
            return body is null ? (null, problem) : ReadTerms(body.RootElement);
    }

    public static (KeyTerms? Terms, VpnProblem? Problem) ReadTerms(JsonElement body)
    {
        var terms = KeyTerms.None;

        foreach (var field in body.EnumerateObject())
        {
            var problem = NameOf(field) switch
            {
                "name" => Text(field, VpnKey.LongestName, value => terms = terms with { Name = value }),
                "note" => Text(field, VpnKey.LongestNote, value => terms = terms with { Note = value }),
                "is_active" => Flag(field, value => terms = terms with { IsActive = value }),
                "expires_at" => Time(field, value => terms = terms with { ExpiresAt = value }),
                "data_limit" => Number(field, LargestLimit, value => terms = terms with { DataLimit = value }),
                "device_limit" => Number(field, MostDevices, value => terms = terms with { DeviceLimit = (int?)value }),
                "reset_period" => Period(field, value => terms = terms with { ResetPeriod = value }),
                _ => null,
            };

            if (problem is not null)
                return (null, VpnProblem.BadRequest($"{field.Name} {problem}"));
        }

        return (terms, null);
    }

    /// <returns>A string or null, or what is wrong with it.</returns>
    public static (string? Text, string? Problem) ReadText(JsonElement value, int longest)
    {
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            return (null, "must be a string or null");

        if (!TryText(value, out var text))
            return (null, "must be valid Unicode");

        if (text?.EnumerateRunes().Any(Rune.IsControl) == true)
            return (null, "must not contain control characters");

        return text?.EnumerateRunes().Count() > longest ? (null, $"must be at most {longest} characters long") : (text, null);
    }

    /// <returns>Whether it is small enough to be looked at.</returns>
    private static async Task<bool> TryReadAsync(HttpRequest request, MemoryStream bytes, CancellationToken cancellation)
    {
        if (request.ContentLength > LargestBody)
            return false;

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation);

            foreach (var part in read.Buffer)
                bytes.Write(part.Span);

            request.BodyReader.AdvanceTo(read.Buffer.End);

            if (bytes.Length > LargestBody)
                return false;

            if (read.IsCompleted)
            {
                bytes.Position = 0;
                return true;
            }
        }
    }

    /// <summary>A name that is no text is none that anybody knows.</summary>
    private static string? NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <returns>Whether it is text: JSON can write halves of characters, which are none.</returns>
    private static bool TryText(JsonElement value, out string? text)
    {
        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    private static string? Text(JsonProperty field, int longest, Action<string?> take)
    {
        var (text, problem) = ReadText(field.Value, longest);

        if (problem is null)
            take(text);

        return problem;
    }

    private static string? Flag(JsonProperty field, Action<bool> take)
    {
        if (field.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return "must be true or false";

        take(field.Value.GetBoolean());
        return null;
    }

    private static string? Number(JsonProperty field, long most, Action<long?> take)
    {
        long? number = null;

        if (field.Value.ValueKind != JsonValueKind.Null)
        {
            if (field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetInt64(out var given) || given < 1 || given > most)
                return $"must be a whole number from 1 to {most}, or null";

            number = given;
        }

        take(number);
        return null;
    }

    private static string? Time(JsonProperty field, Action<DateTimeOffset?> take)
    {
        switch (field.Value.ValueKind)
        {
            case JsonValueKind.Null:
                take(null);
                return null;
            case JsonValueKind.Number
                when field.Value.TryGetInt64(out var seconds) && seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds():
                take(DateTimeOffset.FromUnixTimeSeconds(seconds));
                return null;
            case JsonValueKind.String when TryText(field.Value, out _) && field.Value.TryGetDateTimeOffset(out var time):
                take(time.ToUniversalTime());
                return null;
            default:
                return "must be a time in Unix seconds, or like 2030-12-31T00:00:00Z, or null";
        }
    }

    private static string? Period(JsonProperty field, Action<ResetPeriod> take)
    {
        if (field.Value.ValueKind == JsonValueKind.Null)
        {
            take(ResetPeriod.Never);
            return null;
        }

        if (
            field.Value.ValueKind != JsonValueKind.String
            || !TryText(field.Value, out var word)
            || !KeyWords.TryRead<ResetPeriod>(word!, out var period)
        )
            return $"must be one of: {KeyWords.All<ResetPeriod>()}";

        take(period);
        return null;
    }
}
