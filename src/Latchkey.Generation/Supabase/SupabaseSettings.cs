using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Supabase;

/// <summary>The settings of a Supabase project: its users as owners, its storage and its table for what was made.</summary>
public static class SupabaseSettings
{
    private const int ShortestJwtSecret = 32;
    private const long MostCredits = 1_000_000_000;

    private static readonly LocalizedText KeysPage = new(
        "https://supabase.com/dashboard, Project settings, API keys.",
        "https://supabase.com/dashboard, Project settings, API keys."
    );

    public static Setting Url { get; } =
        new()
        {
            Name = "SUPABASE_URL",
            Aliases = ["NEXT_PUBLIC_SUPABASE_URL"],
            Module = GenerationModule.Prefix,
            Example = "https://abcdefghijklmnop.supabase.co",
            RequiredWhen = settings => settings.IsSet(ServiceKey!) || settings.IsSet(JwtSecret!),
            Enables = new(
                "The users of a Supabase project may generate, each for themselves; with SUPABASE_SERVICE_ROLE_KEY its storage and table keep what was made.",
                "Пользователи проекта Supabase могут генерировать, каждый для себя; с SUPABASE_SERVICE_ROLE_KEY результаты хранятся в нём же: файлы и записи."
            ),
            WhenMissing = new(
                "Owners are API keys; files and rows stay on this server.",
                "Владельцы — ключи API; файлы и записи остаются на этом сервере."
            ),
            Source = new(
                "https://supabase.com/dashboard, Project settings, Data API.",
                "https://supabase.com/dashboard, Project settings, Data API."
            ),
            Validate = SettingRules.WebAddress,
            Remark = settings =>
                settings.IsSet(Url!) && !settings.IsSet(ServiceKey!)
                    ? new(
                        "SUPABASE_SERVICE_ROLE_KEY is not set: users can sign in, but files and rows stay on this server.",
                        "SUPABASE_SERVICE_ROLE_KEY не задан: пользователи могут входить, но файлы и записи остаются на этом сервере."
                    )
                    : null,
            CheckOnline = SupabaseChecks.CheckProjectAsync,
        };

    public static Setting ServiceKey { get; } =
        new()
        {
            Name = "SUPABASE_SERVICE_ROLE_KEY",
            Module = GenerationModule.Prefix,
            Secret = true,
            Enables = new(
                "The server's own access to SUPABASE_URL: finished files go to its storage, and a row for each generation to its table.",
                "Собственный доступ сервера к SUPABASE_URL: готовые файлы попадают в его хранилище, а записи о генерациях — в его таблицу."
            ),
            WhenMissing = new("Files and rows stay on this server.", "Файлы и записи остаются на этом сервере."),
            Source = new(
                "https://supabase.com/dashboard, Project settings, API keys, secret (or service_role). Never put it into an app.",
                "https://supabase.com/dashboard, Project settings, API keys, secret (или service_role). Никогда не кладите его в приложение."
            ),
            Validate = SettingRules.NoSpaces,
            CheckOnline = SupabaseChecks.CheckServiceKeyAsync,
        };

    public static Setting AnonKey { get; } =
        new()
        {
            Name = "SUPABASE_ANON_KEY",
            Aliases = ["NEXT_PUBLIC_SUPABASE_ANON_KEY"],
            Module = GenerationModule.Prefix,
            Secret = true,
            Enables = new(
                "Sent when the project is asked for the keys that sign its users' tokens, where its gateway wants one.",
                "Отправляется при запросе ключей, которыми подписаны токены пользователей, если шлюз проекта этого требует."
            ),
            WhenMissing = new(
                "Nothing changes: supabase.com gives those keys to everybody.",
                "Ничего не меняется: supabase.com отдаёт эти ключи всем."
            ),
            Source = KeysPage,
            Validate = SettingRules.NoSpaces,
            CheckOnline = SupabaseChecks.CheckAnonKeyAsync,
        };

    public static Setting JwtSecret { get; } =
        new()
        {
            Name = "SUPABASE_JWT_SECRET",
            Module = GenerationModule.Prefix,
            Secret = true,
            Enables = new(
                "Tokens of users that are signed with a shared secret (HS256), as older projects and self-hosted ones do it.",
                "Токены пользователей, подписанные общим секретом (HS256), как в старых и самостоятельно размещённых проектах."
            ),
            WhenMissing = new(
                "Tokens are checked by the project's public keys (ES256, RS256); those signed with a shared secret are refused.",
                "Токены проверяются открытыми ключами проекта (ES256, RS256); подписанные общим секретом не принимаются."
            ),
            Source = new(
                "https://supabase.com/dashboard, Project settings, JWT keys, legacy JWT secret.",
                "https://supabase.com/dashboard, Project settings, JWT keys, legacy JWT secret."
            ),
            Validate = value =>
                SettingRules.NoSpaces(value)
                ?? (
                    value.Length < ShortestJwtSecret
                        ? new(
                            $"is too short: a JWT secret has at least {ShortestJwtSecret} characters",
                            $"слишком короткое: секрет JWT содержит не менее {ShortestJwtSecret} знаков"
                        )
                        : null
                ),
        };

    public static Setting JwtIssuer { get; } =
        new()
        {
            Name = "SUPABASE_JWT_ISSUER",
            Module = GenerationModule.Prefix,
            Example = "https://supabase.example.com/auth/v1",
            Enables = new(
                "Who the tokens of users say that they come from, where that is not SUPABASE_URL and /auth/v1.",
                "Кто указан издателем в токенах пользователей, если это не SUPABASE_URL и /auth/v1."
            ),
            WhenMissing = new("SUPABASE_URL and /auth/v1.", "SUPABASE_URL и /auth/v1."),
            Source = new(
                "Only for a self-hosted project that this server reaches at another address than its users.",
                "Нужно только для своего Supabase, к которому сервер обращается не по тому адресу, что пользователи."
            ),
            Validate = SettingRules.NoSpaces,
        };

    public static Setting Bucket { get; } =
        new()
        {
            Name = "SUPABASE_BUCKET",
            Module = GenerationModule.Prefix,
            Default = "generations",
            Enables = new(
                "The bucket of Supabase Storage that keeps finished files.",
                "Корзина (bucket) Supabase Storage, в которой хранятся готовые файлы."
            ),
            WhenMissing = new("generations", "generations"),
            Source = new(
                "Your own choice; docs/generation.md says how to make it.",
                "Выберите сами; как её создать, см. docs/generation.md."
            ),
            Validate = value =>
                value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
                    ? null
                    : new("may have letters, digits and - _ . only", "может содержать только латинские буквы, цифры и - _ ."),
        };

    public static Setting UserCredits { get; } =
        new()
        {
            Name = "SUPABASE_USER_CREDITS",
            Module = GenerationModule.Prefix,
            Example = "20",
            Enables = new(
                "How many credits each Supabase user begins with; an admin can give more.",
                "Сколько кредитов получает каждый пользователь Supabase в начале; администратор может добавить."
            ),
            WhenMissing = new(
                "Whoever can sign up at the project may spend without limit, until an admin limits them.",
                "Любой, кто может зарегистрироваться в проекте, тратит без ограничений, пока администратор его не ограничит."
            ),
            Source = new("Your own choice: a number of credits, 0 too.", "Выберите сами: число кредитов, можно и 0."),
            Remark = settings =>
                settings.IsSet(Url) && !settings.IsSet(UserCredits!)
                    ? new(
                        "is not set: whoever can sign up at the project spends without limit.",
                        "не задано: любой, кто может зарегистрироваться в проекте, тратит без ограничений."
                    )
                    : null,
            Validate = SettingRules.NumberBetween(0, MostCredits),
        };

    public static IReadOnlyList<Setting> All { get; } = [Url, ServiceKey, AnonKey, JwtSecret, JwtIssuer, Bucket, UserCredits];
}
