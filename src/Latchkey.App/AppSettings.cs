using Latchkey.Platform.Settings;

namespace Latchkey.App;

/// <summary>
/// The settings of the App module, under the names that mobile backends already have in their <c>.env</c>.
/// Upstream mode and sign-in by SMS are not built yet; their settings are checked, and their texts say so.
/// </summary>
public static class AppSettings
{
    private const string Module = "app";

    public static Setting VideoMode { get; } =
        new()
        {
            Name = "APP_VIDEO",
            Module = Module,
            Example = "embedded",
            Enables = new(
                "Which video platform the app's endpoints use: embedded (the Video module of this server) or upstream (api.video; not built yet).",
                "Какую видеоплатформу используют адреса приложения: embedded (модуль Video этого сервера) или upstream (api.video; ещё не сделано)."
            ),
            WhenMissing = new("The embedded Video module is used.", "Используется встроенный модуль Video."),
            Source = new("Your own choice of: embedded, upstream.", "Выберите сами: embedded или upstream."),
            Validate = SettingRules.OneOf("embedded", "upstream"),
        };

    public static Setting ApiVideoKey { get; } =
        new()
        {
            Name = "APIVIDEO_API_KEY",
            Aliases = ["API_VIDEO_KEY"],
            Module = Module,
            Secret = true,
            RequiredWhen = settings => WantsUpstream(settings),
            Enables = new(
                "The app's videos go to api.video instead of this server (upstream mode; not built yet).",
                "Видео приложения попадают в api.video, а не на этот сервер (режим upstream; ещё не сделан)."
            ),
            WhenMissing = new(
                "The embedded Video module is used: nothing else is needed.",
                "Используется встроенный модуль Video: больше ничего не нужно."
            ),
            Source = new("https://dashboard.api.video, API keys.", "https://dashboard.api.video, раздел API keys."),
            Validate = SettingRules.NoSpaces,
            Remark = VideoInUse,
            CheckOnline = AppProviders.CheckApiVideoAsync,
        };

    public static Setting ApiVideoUrl { get; } =
        new()
        {
            Name = "APIVIDEO_BASE_URL",
            Module = Module,
            Default = "https://ws.api.video",
            Example = "https://sandbox.api.video",
            Enables = new(
                "Where the service behind APIVIDEO_API_KEY is: api.video, its sandbox, or another Latchkey (upstream mode; not built yet).",
                "Где находится сервис для APIVIDEO_API_KEY: api.video, его песочница или другой Latchkey (режим upstream; ещё не сделан)."
            ),
            WhenMissing = new("https://ws.api.video", "https://ws.api.video"),
            Source = new("https://sandbox.api.video for a sandbox key.", "https://sandbox.api.video для ключа песочницы."),
            Validate = SettingRules.WebAddress,
        };

    public static Setting RequireSignIn { get; } =
        new()
        {
            Name = "APP_REQUIRE_SIGN_IN",
            Module = Module,
            Default = "false",
            Example = "true",
            Enables = new(
                "POST /api/video/create asks for an API key with the scope app (or, once sign-in is built, a signed-in user).",
                "POST /api/video/create требует ключ API с правом app (а когда появится вход, вошедшего пользователя)."
            ),
            WhenMissing = new(
                "Anyone may create a video, with limits on number and size.",
                "Создать видео может любой, с ограничениями по числу и размеру."
            ),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
        };

    public static Setting AnonymousUploadLimit { get; } =
        new()
        {
            Name = "APP_ANONYMOUS_UPLOAD_LIMIT",
            Module = Module,
            Default = "2147483648",
            Example = "536870912",
            Enables = new(
                "The most bytes that may be uploaded with a token that POST /api/video/create gave to a caller without a key.",
                "Сколько байтов можно загрузить с токеном, который POST /api/video/create выдал без ключа."
            ),
            WhenMissing = new("2147483648 bytes (2 GiB).", "2147483648 байтов (2 ГиБ)."),
            Source = new("Your own choice: a number of bytes.", "Выберите сами: число байтов."),
            Validate = SettingRules.NumberBetween(1, long.MaxValue),
        };

    public static Setting SmsLogin { get; } =
        new()
        {
            Name = "SMS_LOGIN",
            Module = Module,
            Enables = new(
                "Sign-in by SMS code through the gateway (not built yet: the value is only checked).",
                "Вход по коду из SMS через шлюз (ещё не сделан: значение только проверяется)."
            ),
            WhenMissing = new("Nothing changes: sign-in by SMS is not built yet.", "Ничего не меняется: вход по SMS ещё не сделан."),
            Source = new("Your contract with the gateway, smspro.nikita.kg.", "Ваш договор со шлюзом smspro.nikita.kg."),
            Validate = SettingRules.NoSpaces,
        };

    public static Setting SmsPassword { get; } =
        new()
        {
            Name = "SMS_PASSWORD",
            Module = Module,
            Secret = true,
            Enables = new(
                "The password of SMS_LOGIN (not built yet: the value is only checked).",
                "Пароль для SMS_LOGIN (ещё не сделано: значение только проверяется)."
            ),
            WhenMissing = new("Nothing changes: sign-in by SMS is not built yet.", "Ничего не меняется: вход по SMS ещё не сделан."),
            Source = new("Your contract with the gateway, smspro.nikita.kg.", "Ваш договор со шлюзом smspro.nikita.kg."),
            CheckOnline = AppProviders.CheckSmsAsync,
        };

    public static Setting SmsSender { get; } =
        new()
        {
            Name = "SMS_SENDER",
            Module = Module,
            Example = "SMSPRO.KG",
            Enables = new(
                "The sender's name on the messages; the gateway must have approved it (not built yet: only checked).",
                "Имя отправителя сообщений; шлюз должен его одобрить (ещё не сделано: только проверяется)."
            ),
            WhenMissing = new("Nothing changes: sign-in by SMS is not built yet.", "Ничего не меняется: вход по SMS ещё не сделан."),
            Source = new("Ask the gateway to approve a name.", "Попросите шлюз одобрить имя."),
        };

    public static Setting SmsUrl { get; } =
        new()
        {
            Name = "SMS_API_URL",
            Module = Module,
            Default = "https://smspro.nikita.kg/api/message",
            Enables = new(
                "Where the SMS gateway takes messages (not built yet: only checked).",
                "Адрес, по которому шлюз SMS принимает сообщения (ещё не сделано: только проверяется)."
            ),
            WhenMissing = new("https://smspro.nikita.kg/api/message", "https://smspro.nikita.kg/api/message"),
            Source = new("The gateway's documentation.", "Документация шлюза."),
            Validate = SettingRules.WebAddress,
        };

    public static IReadOnlyList<Setting> All { get; } =
    [VideoMode, ApiVideoKey, ApiVideoUrl, RequireSignIn, AnonymousUploadLimit, SmsLogin, SmsPassword, SmsSender, SmsUrl];

    public static bool WantsUpstream(LatchkeySettings settings) =>
        string.Equals(settings[VideoMode], "upstream", StringComparison.OrdinalIgnoreCase);

    /// <summary>Says plainly which video platform the app's endpoints use, so that a key is never ignored in silence.</summary>
    public static LocalizedText? VideoInUse(LatchkeySettings settings)
    {
        if (WantsUpstream(settings))
        {
            return settings.IsSet(ApiVideoKey)
                ? new(
                    "APP_VIDEO=upstream is not built yet: POST /api/video/create answers with an error. Set APP_VIDEO=embedded.",
                    "APP_VIDEO=upstream ещё не сделан: POST /api/video/create отвечает ошибкой. Задайте APP_VIDEO=embedded."
                )
                : new(
                    "APP_VIDEO=upstream needs APIVIDEO_API_KEY: without it POST /api/video/create answers with an error.",
                    "Для APP_VIDEO=upstream нужен APIVIDEO_API_KEY: без него POST /api/video/create отвечает ошибкой."
                );
        }

        return settings.IsSet(ApiVideoKey)
            ? new(
                "APIVIDEO_API_KEY is set, but upstream mode is not built yet: the app's videos stay in the embedded Video module.",
                "APIVIDEO_API_KEY задан, но режим upstream ещё не сделан: видео приложения остаются во встроенном модуле Video."
            )
            : new("The app's videos go to the embedded Video module.", "Видео приложения попадают во встроенный модуль Video.");
    }
}
