using Latchkey.Platform.Settings;

namespace Latchkey.Vpn;

/// <summary>What client apps are told beside the links of a subscription.</summary>
internal static class SubscriptionSettings
{
    public static Setting Title { get; } =
        new()
        {
            Name = "VPN_SUBSCRIPTION_TITLE",
            Module = VpnModule.Prefix,
            Example = "My VPN",
            Enables = new("The name that client apps show for a subscription.", "Название подписки в приложении."),
            WhenMissing = new("The key's own name is shown.", "Показывается имя ключа."),
            Source = new("Your own choice, up to 60 characters.", "Придумайте сами, до 60 знаков."),
            Validate = value => value.Length <= 60 ? null : new("must be at most 60 characters long", "должно быть не длиннее 60 знаков"),
        };

    public static Setting UpdateHours { get; } =
        new()
        {
            Name = "VPN_SUBSCRIPTION_HOURS",
            Module = VpnModule.Prefix,
            Default = "12",
            Enables = new("How often client apps take a subscription anew, in hours.", "Как часто приложения обновляют подписку, в часах."),
            WhenMissing = new("Every 12 hours.", "Каждые 12 часов."),
            Source = new("Your own choice, 1 to 168.", "Выберите сами, от 1 до 168."),
            Validate = SettingRules.NumberBetween(1, 168),
        };

    public static Setting SupportUrl { get; } =
        new()
        {
            Name = "VPN_SUPPORT_URL",
            Module = VpnModule.Prefix,
            Example = "https://t.me/example_support",
            Enables = new(
                "Where users find help; client apps and the subscription's page show it.",
                "Где пользователю помогут; показывается в приложении и на странице подписки."
            ),
            WhenMissing = new("No such link is shown.", "Ссылка не показывается."),
            Source = new("Your own page, chat or bot.", "Ваша страница, чат или бот."),
            Validate = SettingRules.WebAddress,
        };

    public static Setting PageUrl { get; } =
        new()
        {
            Name = "VPN_PROFILE_URL",
            Module = VpnModule.Prefix,
            Example = "https://vpn.example.com/account",
            Enables = new(
                "The web page that client apps open for a subscription.",
                "Веб-страница, которую приложение открывает для подписки."
            ),
            WhenMissing = new("They offer none.", "Приложение её не предлагает."),
            Source = new("Your own page.", "Ваша собственная страница."),
            Validate = SettingRules.WebAddress,
        };

    public static IReadOnlyList<Setting> All { get; } = [Title, UpdateHours, SupportUrl, PageUrl];
}
