using Latchkey.Generation.Providers;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation;

/// <summary>The settings of the Generation module, under the names that generation backends already have in their <c>.env</c>.</summary>
public static class GenerationSettings
{
    private const string Module = "generation";

    private static readonly LocalizedText KieKeys = new("https://kie.ai, API Key.", "https://kie.ai, раздел API Key.");
    private static readonly LocalizedText OwnChoice = new("Your own choice.", "Выберите сами.");

    public static Setting KieKey { get; } =
        Key("KIE_API_KEY", KieKeys, "KIE.ai", "photos and videos of KIE.ai's models", "фото и видео моделей KIE.ai") with
        {
            CheckOnline = ProviderChecks.CheckKieAsync,
        };

    public static Setting KiePhotoKey { get; } = Scoped("KIE_API_KEY_PHOTO", "KIE_API_KEY", KieKeys, "photos", "фото");

    public static Setting KieVideoKey { get; } = Scoped("KIE_API_KEY_VIDEO", "KIE_API_KEY", KieKeys, "videos", "видео");

    public static Setting KiePhotoPool { get; } = Pool("KIE_API_KEY_PHOTO_POOL", "KIE_API_KEY", KieKeys);

    public static Setting KieVideoPool { get; } = Pool("KIE_API_KEY_VIDEO_POOL", "KIE_API_KEY", KieKeys);

    public static Setting KieUrl { get; } =
        Address("NEXT_PUBLIC_KIE_API_URL", "https://api.kie.ai", "KIE.ai") with
        {
            Aliases = ["KIE_MARKET_BASE_URL", "KIE_BASE_URL"],
        };

    public static Setting KieUploadUrl { get; } =
        Address("KIE_UPLOAD_BASE_URL", "https://kieai.redpandaai.co", "KIE.ai (file upload)", "KIE.ai (загрузка файлов)");

    public static Setting CallbackUrl { get; } =
        new()
        {
            Name = "KIE_CALLBACK_URL",
            Module = Module,
            Example = "https://example.com",
            Enables = new(
                "The public address of this server at which providers call back when a job has ended.",
                "Публичный адрес этого сервера, по которому провайдеры сообщают, что задача завершена."
            ),
            WhenMissing = new(
                "LATCHKEY_PUBLIC_URL is used; without both there are no callbacks, and jobs are polled.",
                "Используется LATCHKEY_PUBLIC_URL; если нет обоих, обратных вызовов нет, и задачи опрашиваются."
            ),
            Source = new("Your site's address, without a path.", "Адрес вашего сайта, без пути."),
            Validate = SettingRules.WebAddress,
        };

    public static Setting CallbackSecret { get; } =
        new()
        {
            Name = "KIE_CALLBACK_SECRET",
            Module = Module,
            Secret = true,
            Enables = new(
                "POST /api/webhooks/kie asks for this secret, as Authorization: Bearer or ?secret=.",
                "POST /api/webhooks/kie требует этот секрет: как Authorization: Bearer или ?secret=."
            ),
            WhenMissing = new(
                "Callbacks are protected by an unguessable part for each job in the address alone.",
                "Обратные вызовы защищены только неугадываемой частью адреса, своей у каждой задачи."
            ),
            Source = new("Make one up: openssl rand -hex 32.", "Придумайте сами: openssl rand -hex 32."),
            Validate = SettingRules.NoSpaces,
        };

    public static Setting KieWebhookKey { get; } =
        new()
        {
            Name = "KIE_WEBHOOK_HMAC_KEY",
            Module = Module,
            Secret = true,
            Enables = new(
                "KIE.ai's callbacks must be signed with this key (X-Webhook-Signature).",
                "Обратные вызовы KIE.ai должны быть подписаны этим ключом (X-Webhook-Signature)."
            ),
            WhenMissing = new("Signatures are not asked for.", "Подпись не требуется."),
            Source = new("https://kie.ai, settings, webhook HMAC key.", "https://kie.ai, настройки, ключ HMAC для webhook."),
            Validate = SettingRules.NoSpaces,
        };

    public static Setting LaoZhangKey { get; } =
        Key(
            "LAOZHANG_API_KEY",
            new("https://api.laozhang.ai, tokens.", "https://api.laozhang.ai, раздел токенов."),
            "LaoZhang",
            "nano-banana, Veo and Sora through LaoZhang",
            "nano-banana, Veo и Sora через LaoZhang"
        ) with
        {
            CheckOnline = ProviderChecks.CheckLaoZhangAsync,
        };

    public static Setting LaoZhangPool { get; } = Pool("LAOZHANG_API_KEY_POOL", "LAOZHANG_API_KEY", OwnChoice);

    public static Setting LaoZhangUrl { get; } = Address("LAOZHANG_BASE_URL", "https://api.laozhang.ai", "LaoZhang");

    public static Setting FalKey { get; } =
        Key(
            "FAL_KEY",
            new("https://fal.ai/dashboard/keys.", "https://fal.ai/dashboard/keys."),
            "fal.ai",
            "Kling O1 and O3 through fal.ai",
            "Kling O1 и O3 через fal.ai"
        ) with
        {
            CheckOnline = ProviderChecks.CheckFalAsync,
        };

    public static Setting FalPool { get; } = Pool("FAL_KEY_POOL", "FAL_KEY", OwnChoice);

    public static Setting FalQueueUrl { get; } = Address("FAL_QUEUE_URL", "https://queue.fal.run", "fal.ai (queue)", "fal.ai (очередь)");

    public static Setting FalRestUrl { get; } = Address("FAL_REST_URL", "https://rest.fal.ai", "fal.ai (files)", "fal.ai (файлы)");

    public static Setting FalJwksUrl { get; } =
        Address("FAL_JWKS_URL", "https://rest.fal.ai/.well-known/jwks.json", "fal.ai (webhook keys)", "fal.ai (ключи webhook)");

    public static Setting OpenAiKey { get; } =
        Key(
            "OPENAI_API_KEY",
            new("https://platform.openai.com/api-keys.", "https://platform.openai.com/api-keys."),
            "OpenAI",
            "images and videos of OpenAI, directly",
            "изображения и видео OpenAI напрямую"
        ) with
        {
            CheckOnline = ProviderChecks.CheckOpenAiAsync,
        };

    public static Setting OpenAiPool { get; } = Pool("OPENAI_API_KEY_POOL", "OPENAI_API_KEY", OwnChoice);

    public static Setting OpenAiUrl { get; } = Address("OPENAI_BASE_URL", "https://api.openai.com/v1", "OpenAI");

    public static Setting KlingO3 { get; } =
        new()
        {
            Name = "ENABLE_KLING_O3_STANDARD",
            Aliases = ["NEXT_PUBLIC_ENABLE_KLING_O3_STANDARD"],
            Module = Module,
            Default = "false",
            Example = "true",
            Enables = new("The model kling-o3-standard.", "Модель kling-o3-standard."),
            WhenMissing = new("Asking for it is answered with 403.", "Запрос к ней получает ответ 403."),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
        };

    public static Setting CatalogueFile { get; } =
        new()
        {
            Name = "GENERATION_CATALOGUE",
            Module = Module,
            IsPath = true,
            Example = "./catalogue.json",
            Enables = new(
                "Your own file of models, limits and prices in place of the built-in one; changes count within seconds.",
                "Собственный файл моделей, ограничений и цен вместо встроенного; изменения действуют через секунды."
            ),
            WhenMissing = new("The built-in catalogue is used.", "Используется встроенный каталог."),
            Source = new(
                "Begin with a copy of src/Latchkey.Generation/Models/catalogue.json.",
                "Начните с копии src/Latchkey.Generation/Models/catalogue.json."
            ),
            Validate = SettingRules.ExistingFile,
        };

    public static IReadOnlyList<Setting> All { get; } =
    [
        KieKey,
        KiePhotoKey,
        KieVideoKey,
        KiePhotoPool,
        KieVideoPool,
        CallbackUrl,
        CallbackSecret,
        KieWebhookKey,
        KieUrl,
        KieUploadUrl,
        LaoZhangKey,
        LaoZhangPool,
        LaoZhangUrl,
        FalKey,
        FalPool,
        FalQueueUrl,
        FalRestUrl,
        FalJwksUrl,
        OpenAiKey,
        OpenAiPool,
        OpenAiUrl,
        KlingO3,
        CatalogueFile,
    ];

    private static Setting Key(string name, LocalizedText source, string provider, string english, string russian) =>
        new()
        {
            Name = name,
            Module = Module,
            Secret = true,
            Enables = new($"The provider {provider}: {english}.", $"Провайдер {provider}: {russian}."),
            WhenMissing = new(
                $"Jobs for its models are answered with 500 Integration is not configured (missing: {name}); other providers work.",
                $"На задачи для его моделей ответ 500 Integration is not configured (missing: {name}); другие провайдеры работают."
            ),
            Source = source,
            Validate = SettingRules.NoSpaces,
        };

    private static Setting Scoped(string name, string general, LocalizedText source, string english, string russian) =>
        new()
        {
            Name = name,
            Module = Module,
            Secret = true,
            Enables = new($"A key of its own for {english}, in place of {general}.", $"Отдельный ключ на {russian} вместо {general}."),
            WhenMissing = new($"{general} is used.", $"Используется {general}."),
            Source = source,
            Validate = SettingRules.NoSpaces,
        };

    private static Setting Pool(string name, string single, LocalizedText source) =>
        new()
        {
            Name = name,
            Module = Module,
            Secret = true,
            Enables = new(
                $"Several keys, with commas or spaces between, used in turn in place of {single}; each has limits of its own.",
                $"Несколько ключей через запятую или пробел, по очереди вместо {single}; у каждого свои ограничения."
            ),
            WhenMissing = new($"{single} is used.", $"Используется {single}."),
            Source = source,
        };

    private static Setting Address(string name, string address, string english, string? russian = null) =>
        new()
        {
            Name = name,
            Module = Module,
            Default = address,
            Enables = new($"Where {english} is reached.", $"Адрес {russian ?? english}."),
            WhenMissing = new(address, address),
            Source = new("Only for a proxy, a mirror or a test.", "Нужно только для прокси, зеркала или проверки."),
            Validate = SettingRules.WebAddress,
        };
}
