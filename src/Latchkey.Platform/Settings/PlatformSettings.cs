namespace Latchkey.Platform.Settings;

/// <summary>The settings of the server itself, whichever modules are on.</summary>
public static class PlatformSettings
{
    /// <summary>The name under which the platform stands where modules have theirs.</summary>
    public const string Module = "platform";

    public static Setting Port { get; } =
        new()
        {
            Name = "PORT",
            Module = Module,
            Default = "8000",
            Example = "3001",
            Enables = new(
                "The TCP port that the server listens on (unless LATCHKEY_LISTEN is set).",
                "TCP-порт, на котором слушает сервер (если не задан LATCHKEY_LISTEN)."
            ),
            WhenMissing = new("Port 8000 is used.", "Используется порт 8000."),
            Source = new("Any free port from 1 to 65535.", "Любой свободный порт от 1 до 65535."),
            Validate = SettingRules.Port,
        };

    public static Setting Listen { get; } =
        new()
        {
            Name = "LATCHKEY_LISTEN",
            Module = Module,
            Example = "http://*:8000,https://*:8443",
            Enables = new(
                "The addresses that the server listens on, separated by commas; * means every interface.",
                "Адреса, на которых слушает сервер, через запятую; * означает все интерфейсы."
            ),
            WhenMissing = new(
                "PORT is used: on loopback only in development, on all interfaces in production.",
                "Используется PORT: при разработке только loopback, в production все интерфейсы."
            ),
            Source = new("Your own choice of addresses.", "Выберите адреса сами."),
            Validate = SettingRules.ListenAddresses,
        };

    public static Setting TlsCertificate { get; } =
        new()
        {
            Name = "LATCHKEY_TLS_CERT",
            Module = Module,
            IsPath = true,
            Example = "/etc/letsencrypt/live/video.example.com/fullchain.pem",
            Enables = new(
                "The certificate (a PEM file) for the https addresses of LATCHKEY_LISTEN.",
                "Сертификат (файл PEM) для https-адресов из LATCHKEY_LISTEN."
            ),
            WhenMissing = new(
                "In development https uses a certificate that the server signs itself; in production https needs one.",
                "При разработке https использует самоподписанный сертификат; в production он обязателен для https."
            ),
            Source = new("Your certificate authority, such as Let's Encrypt.", "Ваш центр сертификации, например Let's Encrypt."),
            Validate = SettingRules.ExistingFile,
        };

    public static Setting TlsKey { get; } =
        new()
        {
            Name = "LATCHKEY_TLS_KEY",
            Module = Module,
            IsPath = true,
            Example = "/etc/letsencrypt/live/video.example.com/privkey.pem",
            Enables = new("The private key (a PEM file) of LATCHKEY_TLS_CERT.", "Закрытый ключ (файл PEM) для LATCHKEY_TLS_CERT."),
            WhenMissing = new("The key is looked for in the certificate's own file.", "Ключ ищется в самом файле сертификата."),
            Source = new("It comes with the certificate.", "Выдаётся вместе с сертификатом."),
            Validate = SettingRules.ExistingFile,
        };

    public static Setting TrustedProxies { get; } =
        new()
        {
            Name = "LATCHKEY_TRUSTED_PROXIES",
            Module = Module,
            Example = "10.0.0.5,172.16.0.0/12",
            Enables = new(
                "The proxies (addresses or networks) whose X-Forwarded-* headers are believed; limits then count the caller, not the proxy.",
                "Прокси (адреса или сети), чьим заголовкам X-Forwarded-* можно верить; лимиты тогда считают клиента, а не прокси."
            ),
            WhenMissing = new("Forwarding headers are ignored.", "Заголовки пересылки не учитываются."),
            Source = new("The addresses of your nginx, Caddy or load balancer.", "Адреса вашего nginx, Caddy или балансировщика."),
            Validate = SettingRules.Networks,
        };

    public static Setting Data { get; } =
        new()
        {
            Name = "LATCHKEY_DATA",
            Module = Module,
            IsPath = true,
            Default = "./data",
            Example = "/var/lib/latchkey",
            Enables = new(
                "The folder of everything that lasts: the database, the videos, the keys. One server at a time uses it.",
                "Папка для всего, что хранится: база данных, видео, ключи. Одновременно её использует один сервер."
            ),
            WhenMissing = new("The folder data, beside where the server was started.", "Папка data там, откуда запущен сервер."),
            Source = new("A folder on a disk with room for your videos.", "Папка на диске, где хватит места для видео."),
            Validate = SettingRules.Folder,
        };

    public static Setting ApiKey { get; } =
        new()
        {
            Name = "LATCHKEY_API_KEY",
            Module = Module,
            Secret = true,
            Enables = new(
                "The first admin key: it may use everything, and make narrower keys.",
                "Первый ключ администратора: ему доступно всё, в том числе создание более узких ключей."
            ),
            WhenMissing = new(
                "The first start makes a key and prints it once.",
                "При первом запуске ключ создаётся и печатается один раз."
            ),
            Source = new("Make one yourself: openssl rand -hex 32", "Создайте сами: openssl rand -hex 32"),
            Validate = SettingRules.AdminKey,
        };

    public static Setting PublicUrl { get; } =
        new()
        {
            Name = "LATCHKEY_PUBLIC_URL",
            Module = Module,
            Example = "https://video.example.com",
            Enables = new(
                "The base of every address that is handed out: players, playlists, uploads.",
                "Основа всех выдаваемых адресов: плееров, плейлистов, загрузок."
            ),
            WhenMissing = new("The address that each request came to is used.", "Используется адрес, на который пришёл запрос."),
            Source = new("The address under which people reach this server.", "Адрес, по которому люди открывают этот сервер."),
            Validate = SettingRules.WebAddress,
        };

    public static Setting Modules { get; } =
        new()
        {
            Name = "LATCHKEY_MODULES",
            Module = Module,
            Example = "video,app",
            Enables = new("Which modules are on, separated by commas.", "Какие модули включены, через запятую."),
            WhenMissing = new("All modules are on.", "Включены все модули."),
            Source = new("Your own choice of: video, app.", "Выберите сами из: video, app."),
        };

    public static Setting EnvironmentFile { get; } =
        new()
        {
            Name = "LATCHKEY_ENV_FILE",
            Module = Module,
            IsPath = true,
            Example = "/etc/latchkey.env",
            Enables = new(
                "A settings file that is read before ./.env and ./backend/.env. Only the environment can set it.",
                "Файл настроек, который читается раньше ./.env и ./backend/.env. Задаётся только в окружении."
            ),
            WhenMissing = new("Only ./.env and ./backend/.env are read.", "Читаются только ./.env и ./backend/.env."),
            Source = new("The path of your own file.", "Путь к вашему файлу."),
        };

    public static Setting OutboundAllow { get; } =
        new()
        {
            Name = "LATCHKEY_OUTBOUND_ALLOW",
            Module = Module,
            Example = "192.168.1.20,10.8.0.0/16,intranet.example.com:8080",
            Enables = new(
                "Private addresses, networks or hosts (also host:port) that callers may name as a video source or a webhook; all public ones are allowed anyway.",
                "Частные адреса, сети или хосты (можно host:port), которые можно указывать как источник видео или вебхук; публичные разрешены и так."
            ),
            WhenMissing = new("Only public addresses are allowed.", "Разрешены только публичные адреса."),
            Source = new("The addresses of your own inner servers.", "Адреса ваших внутренних серверов."),
            Validate = SettingRules.OutboundTargets,
        };

    public static Setting Environment { get; } =
        new()
        {
            Name = "ASPNETCORE_ENVIRONMENT",
            Aliases = ["NODE_ENV"],
            Module = Module,
            Default = "development",
            Example = "production",
            Enables = new(
                "production listens on all interfaces; development on loopback only, with a certificate that the server signs itself.",
                "production слушает все интерфейсы; development только loopback, с самоподписанным сертификатом."
            ),
            WhenMissing = new("development", "development"),
            Source = new("Your own choice of: development, production.", "Выберите сами: development или production."),
            Validate = SettingRules.EnvironmentName,
        };

    public static Setting OtlpEndpoint { get; } =
        new()
        {
            Name = "OTEL_EXPORTER_OTLP_ENDPOINT",
            Module = Module,
            Example = "http://localhost:4317",
            Enables = new(
                "Sends traces and metrics to an OpenTelemetry collector.",
                "Отправляет трассировки и метрики в сборщик OpenTelemetry."
            ),
            WhenMissing = new("Nothing is sent; /metrics still works.", "Ничего не отправляется; /metrics работает и так."),
            Source = new("Your collector: Grafana, Jaeger, …", "Ваш сборщик: Grafana, Jaeger, …"),
            Validate = SettingRules.WebAddress,
        };

    public static IReadOnlyList<Setting> All { get; } =
    [
        Port,
        Listen,
        TlsCertificate,
        TlsKey,
        TrustedProxies,
        Data,
        ApiKey,
        PublicUrl,
        Modules,
        EnvironmentFile,
        OutboundAllow,
        Environment,
        OtlpEndpoint,
    ];

    /// <summary>Whether the server serves real users: it then listens on all interfaces.</summary>
    public static bool IsProduction(this LatchkeySettings settings) =>
        string.Equals(settings[Environment], "production", StringComparison.OrdinalIgnoreCase);
}
