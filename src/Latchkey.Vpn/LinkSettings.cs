using Latchkey.Platform.Settings;

namespace Latchkey.Vpn;

/// <summary>What a VLESS link says: the server's address and the parameters of REALITY.</summary>
internal static class LinkSettings
{
    private const int ShortIdDigits = 8;

    public static Setting Domain { get; } =
        Text(
            "DOMAIN",
            null,
            new("The address of the VPN server, as it stands in links.", "Адрес VPN-сервера, который указывается в ссылках."),
            new(
                "Links name the host of LATCHKEY_PUBLIC_URL, or of the request.",
                "В ссылках указан хост из LATCHKEY_PUBLIC_URL или из запроса."
            ),
            new(
                "The server's IP address, or a name that leads straight to it: a CDN in between does not pass VPN traffic on.",
                "IP-адрес сервера или имя, ведущее прямо на него: CDN не пропустит трафик VPN."
            )
        ) with
        {
            Example = "vpn.example.com",
            Validate = value =>
                Uri.CheckHostName(value.Trim('[', ']')) == UriHostNameType.Unknown
                    ? new(
                        "must be a host name or an IP address, without http:// and port",
                        "должно быть именем хоста или IP-адресом, без http:// и порта"
                    )
                    : null,
        };

    public static Setting Port { get; } =
        Text(
            "REALITY_PORT",
            "443",
            new("The port of the VPN, as it stands in links.", "Порт VPN, который указывается в ссылках."),
            new("443 is used.", "Используется 443."),
            new("The core's configuration, inbound vless-reality.", "Конфигурация ядра, inbound vless-reality.")
        ) with
        {
            Validate = SettingRules.Port,
        };

    public static Setting ServerNameIndication { get; } =
        Text(
            "REALITY_SNI",
            "microsoft.com",
            new(
                "The name that clients ask for (sni), one of the core's serverNames.",
                "Имя, которое запрашивает клиент (sni), одно из serverNames ядра."
            ),
            new("microsoft.com is used.", "Используется microsoft.com."),
            new("The core's configuration, realitySettings.", "Конфигурация ядра, realitySettings.")
        ) with
        {
            Aliases = ["REALITY_SERVER_NAME"],
        };

    public static Setting Destination { get; } =
        Text(
            "REALITY_DEST",
            "www.microsoft.com:443",
            new(
                "The site that REALITY shows to strangers; only `latchkey vpn configure` uses it.",
                "Сайт, который REALITY показывает посторонним; нужен только команде `latchkey vpn configure`."
            ),
            new("www.microsoft.com:443 is used.", "Используется www.microsoft.com:443."),
            new("A large site outside your country with TLS 1.3.", "Крупный зарубежный сайт с TLS 1.3.")
        );

    public static Setting Fingerprint { get; } =
        Text(
            "REALITY_FINGERPRINT",
            "chrome",
            new("The browser whose TLS the clients imitate (fp).", "Браузер, чей TLS имитирует клиент (fp)."),
            new("chrome is used.", "Используется chrome."),
            new("chrome, firefox, safari, ios, android, edge, random.", "chrome, firefox, safari, ios, android, edge, random.")
        );

    public static Setting PublicKey { get; } =
        Text(
            "REALITY_PUBLIC_KEY",
            null,
            new("REALITY's public key, which every link carries (pbk).", "Публичный ключ REALITY, он есть в каждой ссылке (pbk)."),
            new(
                "Links are answered with 500: Reality public key not configured.",
                "На запрос ссылки отвечает 500: Reality public key not configured."
            ),
            new("`latchkey vpn configure`, or `xray x25519`.", "`latchkey vpn configure` или `xray x25519`.")
        ) with
        {
            Validate = SettingRules.NoSpaces,
        };

    public static Setting PrivateKey { get; } =
        Text(
            "REALITY_PRIVATE_KEY",
            null,
            new(
                "REALITY's private key; only `latchkey vpn configure` uses it, to write the core's configuration.",
                "Закрытый ключ REALITY; нужен только команде `latchkey vpn configure`, чтобы записать конфигурацию ядра."
            ),
            new("A new pair is made there.", "Там создаётся новая пара."),
            new("`xray x25519`.", "`xray x25519`.")
        ) with
        {
            Secret = true,
            Validate = SettingRules.NoSpaces,
        };

    public static Setting ShortId { get; } =
        Text(
            "REALITY_COMMON_SHORT_ID",
            "7bb45050",
            new("The short id that all keys have in common (sid).", "Общий для всех ключей short id (sid)."),
            new("7bb45050 is used.", "Используется 7bb45050."),
            new("8 hexadecimal digits; `openssl rand -hex 4` makes some.", "8 шестнадцатеричных цифр; их даёт `openssl rand -hex 4`.")
        ) with
        {
            Validate = value =>
                value.Length == ShortIdDigits && value.All(char.IsAsciiHexDigit)
                    ? null
                    : new("must be 8 hexadecimal digits", "должно состоять из 8 шестнадцатеричных цифр"),
        };

    public static Setting Flow { get; } =
        Text(
            "REALITY_FLOW",
            null,
            new(
                "The flow of the users and of their links: xtls-rprx-vision, or none.",
                "Flow пользователей и их ссылок: xtls-rprx-vision или none."
            ),
            new("xtls-rprx-vision on Xray, no flow on V2Ray.", "xtls-rprx-vision на Xray, без flow на V2Ray."),
            new("xtls-rprx-vision, or none.", "xtls-rprx-vision или none.")
        ) with
        {
            Example = "xtls-rprx-vision",
            Validate = SettingRules.OneOf(Core.Flows.Vision, Core.Flows.None),
        };

    public static IReadOnlyList<Setting> All { get; } =
    [Domain, Port, ServerNameIndication, Destination, Fingerprint, PublicKey, PrivateKey, ShortId, Flow];

    private static Setting Text(string name, string? standard, LocalizedText enables, LocalizedText whenMissing, LocalizedText source) =>
        new()
        {
            Name = name,
            Module = VpnModule.Prefix,
            Default = standard,
            Enables = enables,
            WhenMissing = whenMissing,
            Source = source,
        };
}
