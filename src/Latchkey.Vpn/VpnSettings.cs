using Latchkey.Platform.Settings;
using Latchkey.Vpn.Telegram;

namespace Latchkey.Vpn;

/// <summary>What the API and the keys need. The core's settings are in <see cref="CoreSettings"/>, the links' in <see cref="LinkSettings"/>.</summary>
internal static class VpnSettings
{
    public const int ShortestSecret = 32;

    public static Setting ApiSecretKey { get; } =
        new()
        {
            Name = "API_SECRET_KEY",
            Module = VpnModule.Prefix,
            Secret = true,
            RefusesPlaceholder = true,
            Enables = new(
                "The VPN module: the secret that callers of /api/keys send as Authorization: Bearer.",
                "Модуль VPN: секрет, который передают при вызове /api/keys в заголовке Authorization: Bearer."
            ),
            WhenMissing = new("The VPN module is off.", "Модуль VPN выключен."),
            Source = new(
                $"Your own choice, at least {ShortestSecret} characters; `openssl rand -hex 32` makes a good one.",
                $"Придумайте сами, не короче {ShortestSecret} знаков; хороший даёт `openssl rand -hex 32`."
            ),
            Validate = value =>
                SettingRules.NoSpaces(value)
                ?? (
                    value.Length < ShortestSecret
                        ? new(
                            $"is too short: at least {ShortestSecret} characters are needed",
                            $"слишком короткое: нужно не менее {ShortestSecret} знаков"
                        )
                        : null
                ),
        };

    public static Setting AllowedAddresses { get; } =
        new()
        {
            Name = "API_ALLOWED_IPS",
            Module = VpnModule.Prefix,
            Example = "127.0.0.1,10.0.0.0/8",
            Enables = new(
                "The addresses and networks from which the VPN API may be called; others get a 403.",
                "Адреса и сети, с которых можно вызывать API VPN; остальные получают 403."
            ),
            WhenMissing = new("It may be called from everywhere.", "Вызывать можно отовсюду."),
            Source = new("The addresses of your bots and panels.", "Адреса ваших ботов и панелей."),
            Validate = SettingRules.Networks,
        };

    public static Setting Origins { get; } =
        new()
        {
            Name = "API_CORS_ORIGINS",
            Module = VpnModule.Prefix,
            Example = "https://panel.example.com",
            Enables = new(
                "The web pages (origins, separated by commas; * for all) from which a browser may call the VPN API.",
                "Веб-страницы (origin через запятую; * — все), с которых API VPN может вызывать браузер."
            ),
            WhenMissing = new("Browsers may not.", "Браузер вызывать не может."),
            Source = new("The addresses of your panels, without a path.", "Адреса ваших панелей, без пути."),
            Validate = SettingRules.Origins,
        };

    public static Setting WebhookUrls { get; } =
        new()
        {
            Name = "VPN_WEBHOOK_URL",
            Module = VpnModule.Prefix,
            Example = "https://bot.example.com/vpn-events",
            Enables = new(
                "Where events are sent (key created, limit near, limit reached, expired); several addresses with commas between.",
                "Куда отправлять события (ключ создан, лимит близко, лимит исчерпан, срок истёк); можно несколько адресов через запятую."
            ),
            WhenMissing = new("No events are sent.", "События не отправляются."),
            Source = new("Your own receiver.", "Ваш собственный приёмник."),
            Validate = value =>
                value
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(SettingRules.WebAddress)
                    .FirstOrDefault(problem => problem is not null),
        };

    public static Setting WebhookSecret { get; } =
        new()
        {
            Name = "VPN_WEBHOOK_SECRET",
            Module = VpnModule.Prefix,
            Secret = true,
            Enables = new(
                "Signs each event, so that the receiver knows that it comes from here.",
                "Подписывает каждое событие, чтобы приёмник мог проверить, что оно отсюда."
            ),
            WhenMissing = new("Events are not signed.", "События не подписаны."),
            Source = new(
                "Your own choice; `openssl rand -hex 32` makes a good one.",
                "Придумайте сами; хороший даёт `openssl rand -hex 32`."
            ),
            Validate = SettingRules.NoSpaces,
            RequiredWhen = settings => settings.IsSet(WebhookUrls),
        };

    public static Setting KeyMetrics { get; } =
        new()
        {
            Name = "VPN_KEY_METRICS",
            Module = VpnModule.Prefix,
            Default = "false",
            Enables = new(
                "Traffic of each key in /metrics, beside the sums. With very many keys that is much to read. A deleted key stays there until the next start.",
                "Трафик каждого ключа в /metrics, кроме сумм. При очень большом числе ключей это много данных. Удалённый ключ остаётся там до следующего запуска."
            ),
            WhenMissing = new("Only the sums are there.", "Там только суммы."),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
        };

    public static IReadOnlyList<Setting> All { get; } =
    [
        ApiSecretKey,
        AllowedAddresses,
        Origins,
        .. CoreSettings.All,
        .. LinkSettings.All,
        .. SubscriptionSettings.All,
        WebhookUrls,
        WebhookSecret,
        KeyMetrics,
        .. TelegramSettings.All,
    ];
}
