using System.Globalization;
using System.Net;

namespace Latchkey.Platform.Settings;

/// <summary>What several settings ask of their values. A rule says what is wrong, or <c>null</c>; it never repeats the value.</summary>
public static class SettingRules
{
    private const int ShortestAdminKey = 16;

    public static LocalizedText? Port(string value) => Number(value, 1, 65535);

    /// <summary>A rule for a whole number between two bounds, both included.</summary>
    public static Func<string, LocalizedText?> NumberBetween(long least, long most) => value => Number(value, least, most);

    public static LocalizedText? Boolean(string value) =>
        value is "1" or "0" || bool.TryParse(value, out _) ? null : new("must be true or false", "должно быть true или false");

    /// <summary>A rule for one of a few words, in any case.</summary>
    public static Func<string, LocalizedText?> OneOf(params string[] words) =>
        value =>
            words.Contains(value, StringComparer.OrdinalIgnoreCase)
                ? null
                : new($"must be one of: {string.Join(", ", words)}", $"должно быть одним из: {string.Join(", ", words)}");

    public static LocalizedText? WebAddress(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Host.Length > 0
            ? null
            : new(
                "must be an address that begins with http:// or https://",
                "должно быть адресом, который начинается с http:// или https://"
            );

    public static LocalizedText? NoSpaces(string value) =>
        value.Any(char.IsWhiteSpace)
            ? new("must not contain spaces: a key is one word", "не должно содержать пробелов: ключ пишется слитно")
            : null;

    public static LocalizedText? AdminKey(string value) =>
        NoSpaces(value)
        ?? (
            value.Length < ShortestAdminKey
                ? new(
                    $"is too short: an admin key has at least {ShortestAdminKey} characters",
                    $"слишком короткое: ключ администратора содержит не менее {ShortestAdminKey} знаков"
                )
                : null
        );

    public static LocalizedText? ExistingFile(string value) =>
        File.Exists(value) ? null : new("names a file that is not there", "указывает на файл, которого нет");

    public static LocalizedText? Folder(string value) =>
        File.Exists(value) ? new("names a file, not a folder", "указывает на файл, а не на папку") : null;

    /// <summary>Such as <c>http://*:8000,https://127.0.0.1:8443</c>.</summary>
    public static LocalizedText? ListenAddresses(string value)
    {
        var addresses = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        return addresses.Length > 0 && addresses.All(IsListenAddress)
            ? null
            : new(
                "must be addresses such as http://*:8000, separated by commas",
                "должно быть списком адресов вида http://*:8000 через запятую"
            );
    }

    /// <summary>IP addresses and networks such as <c>10.0.0.0/8</c>, separated by commas.</summary>
    public static LocalizedText? Networks(string value)
    {
        var networks = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        return networks.Length > 0 && networks.All(network => IPAddress.TryParse(network, out _) || IPNetwork.TryParse(network, out _))
            ? null
            : new(
                "must be IP addresses or networks such as 10.0.0.0/8, separated by commas",
                "должно быть списком IP-адресов или сетей вида 10.0.0.0/8 через запятую"
            );
    }

    public static LocalizedText? OutboundTargets(string value)
    {
        var targets = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        return targets.Length > 0 && targets.All(target => IPNetwork.TryParse(target, out _) || IsHost(target))
            ? null
            : new(
                "must be IP addresses, networks such as 10.0.0.0/8, hosts or host:port, separated by commas",
                "должно быть списком IP-адресов, сетей вида 10.0.0.0/8, хостов или host:port через запятую"
            );

        static bool IsHost(string target) =>
            IPAddress.TryParse(target, out _)
            || Uri.TryCreate($"tcp://{target}", UriKind.Absolute, out var url)
                && url is { AbsolutePath: "" or "/", UserInfo: "", Query: "" };
    }

    /// <summary>Origins of pages such as <c>https://panel.example</c>, separated by commas, or <c>*</c> for any.</summary>
    public static LocalizedText? Origins(string value)
    {
        var origins = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        return origins.Length > 0 && origins.All(origin => origin == "*" || IsOrigin(origin))
            ? null
            : new(
                "must be origins such as https://panel.example or http://localhost:3000 (no path), separated by commas, or * for any",
                "должно быть списком адресов вида https://panel.example или http://localhost:3000 (без пути) через запятую или * для любых"
            );

        static bool IsOrigin(string origin) =>
            Uri.TryCreate(origin, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", Host.Length: > 0, AbsolutePath: "/", UserInfo: "", Query: "", Fragment: "" };
    }

    public static LocalizedText? EnvironmentName(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? null
            : new("must be one word, such as production", "должно быть одним словом, например production");

    private static LocalizedText? Number(string value, long least, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? null
            : new($"must be a whole number from {least} to {most}", $"должно быть целым числом от {least} до {most}");

    private static bool IsListenAddress(string address)
    {
        // "*" and "+" are not hosts to Uri, but are to Kestrel.
        var parsable = address
            .Replace("://*", "://0.0.0.0", StringComparison.Ordinal)
            .Replace("://+", "://0.0.0.0", StringComparison.Ordinal);

        return Uri.TryCreate(parsable, UriKind.Absolute, out var parsed)
            && parsed.Scheme is "http" or "https"
            && parsed.AbsolutePath == "/"
            && parsed.Query.Length == 0;
    }
}
