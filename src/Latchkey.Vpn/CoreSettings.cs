using Latchkey.Platform.Settings;

namespace Latchkey.Vpn;

/// <summary>Where the core is, what it is, and what Latchkey does with it.</summary>
internal static class CoreSettings
{
    public const string Auto = "auto";

    public static Setting Kind { get; } =
        new()
        {
            Name = "VPN_CORE",
            Module = VpnModule.Prefix,
            Default = Auto,
            Enables = new("Which core it is: xray, v2ray, or auto to find out.", "Какое это ядро: xray, v2ray, или auto — определить."),
            WhenMissing = new("It is found out.", "Определяется само."),
            Source = new("auto, xray or v2ray.", "auto, xray или v2ray."),
            Validate = SettingRules.OneOf(Auto, "xray", "v2ray"),
        };

    public static Setting ApiHost { get; } =
        new()
        {
            Name = "XRAY_API_HOST",
            Module = VpnModule.Prefix,
            Default = "127.0.0.1",
            Enables = new("Where the core's own API (gRPC) listens.", "Где слушает собственный API ядра (gRPC)."),
            WhenMissing = new("127.0.0.1 is used.", "Используется 127.0.0.1."),
            Source = new("The core's configuration, inbound api.", "Конфигурация ядра, inbound api."),
            Validate = value =>
                Uri.CheckHostName(value) == UriHostNameType.Unknown
                    ? new("must be a host name or an IP address", "должно быть именем хоста или IP-адресом")
                    : null,
        };

    public static Setting ApiPort { get; } =
        new()
        {
            Name = "XRAY_API_PORT",
            Module = VpnModule.Prefix,
            Default = "10085",
            Enables = new("The port of the core's API.", "Порт API ядра."),
            WhenMissing = new("10085 is used.", "Используется 10085."),
            Source = new("The core's configuration, inbound api.", "Конфигурация ядра, inbound api."),
            Validate = SettingRules.Port,
        };

    public static Setting InboundTag { get; } =
        new()
        {
            Name = "XRAY_VLESS_REALITY_INBOUND_TAG",
            Module = VpnModule.Prefix,
            Default = "vless-reality",
            Enables = new("The tag of the inbound that the keys are users of.", "Тег inbound, пользователями которого становятся ключи."),
            WhenMissing = new("vless-reality is used.", "Используется vless-reality."),
            Source = new("The core's configuration, inbounds.", "Конфигурация ядра, inbounds."),
        };

    public static Setting ConfigurationPath { get; } =
        new()
        {
            Name = "XRAY_CONFIG_PATH",
            Module = VpnModule.Prefix,
            IsPath = true,
            Default = "/usr/local/etc/xray/config.json",
            Enables = new(
                "The core's configuration file: the common short id and the users are written there.",
                "Файл конфигурации ядра: туда записываются общий short id и пользователи."
            ),
            WhenMissing = new(
                "/usr/local/etc/xray/config.json is used, if it is there.",
                "Используется /usr/local/etc/xray/config.json, если он есть."
            ),
            Source = new("`latchkey vpn configure` makes one.", "Создать его может `latchkey vpn configure`."),
        };

    public static Setting WritesUsers { get; } =
        new()
        {
            Name = "XRAY_WRITE_USERS",
            Module = VpnModule.Prefix,
            Default = "true",
            Enables = new(
                "Users are in the core's configuration file too, so that a core that restarts while Latchkey is down still knows them.",
                "Пользователи записываются и в файл конфигурации ядра: ядро, перезапущенное без Latchkey, будет их знать."
            ),
            WhenMissing = new("They are written.", "Записываются."),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
        };

    public static Setting RunsCore { get; } =
        new()
        {
            Name = "VPN_RUN_CORE",
            Module = VpnModule.Prefix,
            Default = "false",
            Enables = new(
                "Latchkey runs the core itself, as its child, and starts it again when it ends.",
                "Latchkey сам запускает ядро дочерним процессом и перезапускает, если оно завершилось."
            ),
            WhenMissing = new("The core is run by something else, such as systemd.", "Ядро запускает кто-то другой, например systemd."),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
        };

    public static Setting BinaryPath { get; } =
        new()
        {
            Name = "V2RAY_PATH",
            Aliases = ["XRAY_PATH"],
            Module = VpnModule.Prefix,
            IsPath = true,
            Example = "/usr/local/bin/xray",
            Enables = new(
                "The core's program: it checks the configuration file, and is run where VPN_RUN_CORE is on.",
                "Программа ядра: проверяет файл конфигурации и запускается, если включён VPN_RUN_CORE."
            ),
            WhenMissing = new(
                "/usr/local/bin/xray is used, or what PATH has of xray and v2ray.",
                "Используется /usr/local/bin/xray или xray и v2ray из PATH."
            ),
            Source = new("`which xray` or `which v2ray`.", "`which xray` или `which v2ray`."),
            Validate = Core.CoreBinary.Validate,
            RequiredWhen = settings => settings.Boolean(RunsCore) && Core.CoreBinary.Find(settings) is null,
            Remark = Core.CoreBinary.Remark,
        };

    public static Setting NodesFile { get; } =
        new()
        {
            Name = "VPN_NODES_FILE",
            Module = VpnModule.Prefix,
            IsPath = true,
            Example = "nodes.json",
            Enables = new(
                "Further cores with the same keys: a JSON list of name, api (host:port) and what their links have otherwise (see docs/vpn.md).",
                "Дополнительные ядра с теми же ключами: список JSON из name, api (host:port) и того, чем отличаются их ссылки (см. docs/vpn.md)."
            ),
            WhenMissing = new("There is the one core of XRAY_API_HOST.", "Ядро одно, из XRAY_API_HOST."),
            Source = new("Your own file.", "Ваш собственный файл."),
            Validate = SettingRules.ExistingFile,
        };

    public static Setting TrafficSeconds { get; } =
        new()
        {
            Name = "VPN_TRAFFIC_SECONDS",
            Aliases = ["BACKGROUND_TRAFFIC_SYNC_INTERVAL_S"],
            Module = VpnModule.Prefix,
            Default = "10",
            Enables = new(
                "How often the traffic of all keys is read from the core, in seconds. What a core counted since then is lost when it is killed.",
                "Как часто читать у ядра трафик всех ключей, в секундах. Учтённое ядром после этого теряется, если его убить."
            ),
            WhenMissing = new("Every 10 seconds.", "Каждые 10 секунд."),
            Source = new("Your own choice, 1 to 3600.", "Выберите сами, от 1 до 3600."),
            Validate = SettingRules.NumberBetween(1, 3600),
        };

    public static IReadOnlyList<Setting> All { get; } =
    [Kind, ApiHost, ApiPort, InboundTag, ConfigurationPath, WritesUsers, BinaryPath, RunsCore, NodesFile, TrafficSeconds];
}
