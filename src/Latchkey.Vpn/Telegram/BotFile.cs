using System.Text.Json;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Telegram;

/// <summary>The file of a bot that runs apart from the server: <c>{"api_url": …, "api_key": …, "v2ray_path": …}</c>.</summary>
/// <param name="Address">The API's base address, without <c>/api</c> and without a slash at the end.</param>
internal sealed record BotFile(string Address, string ApiKey)
{
    private const string ApiSuffix = "/api";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="LatchkeyStartException">Something is wrong with it, by name.</exception>
    public static BotFile Read(string path, Language language)
    {
        using var content = Parse(path, language);

        if (content.RootElement.ValueKind != JsonValueKind.Object)
            throw Wrong(path, null, new("must hold a JSON object", "должен содержать объект JSON"), language);

        var address = Text(content.RootElement, "api_url");
        var key = Text(content.RootElement, "api_key");
        var core = Text(content.RootElement, "v2ray_path");

        if (address is null)
            throw Wrong(path, "api_url", new("is not set", "не задано"), language);
        if (SettingRules.WebAddress(address) is { } badAddress)
            throw Wrong(path, "api_url", badAddress, language);
        if (key is null || Placeholder(key))
            throw Wrong(path, "api_key", new("is not set", "не задано"), language);
        if (SettingRules.NoSpaces(key) is { } badKey)
            throw Wrong(path, "api_key", badKey, language);
        if (core is not null && CoreBinary.Validate(core) is { } badCore)
            throw Wrong(path, "v2ray_path", badCore, language);

        return new BotFile(Base(address), key);
    }

    /// <summary>Panels and people like to write <c>/api</c> behind it.</summary>
    private static string Base(string address)
    {
        var trimmed = address.TrimEnd('/');

        return trimmed.EndsWith(ApiSuffix, StringComparison.OrdinalIgnoreCase) ? trimmed[..^ApiSuffix.Length].TrimEnd('/') : trimmed;
    }

    private static JsonDocument Parse(string path, Language language)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
        }
        catch (JsonException failure)
        {
            var (line, column) = (failure.LineNumber + 1, failure.BytePositionInLine + 1);
            throw Wrong(
                path,
                null,
                new($"is not JSON (line {line}, column {column})", $"не JSON (строка {line}, столбец {column})"),
                language
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Wrong(path, null, new("can't be read", "не удалось прочитать"), language);
        }
    }

    private static string? Text(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString()!.Trim() is { Length: > 0 } text
            ? text
            : null;

    private static bool Placeholder(string key) =>
        key.StartsWith("your", StringComparison.OrdinalIgnoreCase) || key.StartsWith("change", StringComparison.OrdinalIgnoreCase);

    private static LatchkeyStartException Wrong(string path, string? name, LocalizedText what, Language language) =>
        new(name is null ? $"{path}: {what.In(language)}" : $"{path}: {name} {what.In(language)}");
}
