using System.Globalization;
using System.Text.RegularExpressions;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Telegram.BotApi;

namespace Latchkey.Vpn.Telegram;

/// <summary>The Telegram bot: whether there is one, and who may use it.</summary>
internal static partial class TelegramSettings
{
    private const int MostKeysOfAUser = 100;

    public static Setting Token { get; } =
        new()
        {
            Name = "VPN_TELEGRAM_BOT_TOKEN",
            Module = VpnModule.Prefix,
            Secret = true,
            Enables = new(
                "A Telegram bot that makes keys and shows their links and traffic.",
                "Telegram-бот, который создаёт ключи и показывает их ссылки и трафик."
            ),
            WhenMissing = new("There is no bot.", "Бота нет."),
            Source = new("@BotFather in Telegram, /newbot.", "@BotFather в Telegram, /newbot."),
            Validate = value =>
                TokenShape().IsMatch(value)
                    ? null
                    : new(
                        "must be a token as @BotFather gives it: digits, a colon, 35 letters, digits, - and _",
                        "должно быть токеном от @BotFather: цифры, двоеточие, 35 букв, цифр, - и _"
                    ),
            CheckOnline = CheckAsync,
        };

    public static Setting AllowedIds { get; } =
        new()
        {
            Name = "VPN_TELEGRAM_ALLOWED_IDS",
            Module = VpnModule.Prefix,
            Example = "123456789,987654321",
            Enables = new(
                "The Telegram users (numeric ids, separated by commas) who may use the bot; they work on all keys.",
                "Пользователи Telegram (числовые id через запятую), которым доступен бот; они управляют всеми ключами."
            ),
            WhenMissing = new(
                "Nobody may, unless VPN_TELEGRAM_OPEN is on; the bot tells everybody their id.",
                "Никому, если не включён VPN_TELEGRAM_OPEN; бот сообщает каждому его id."
            ),
            Source = new("Write to your bot: it answers with your id.", "Напишите своему боту: он ответит вашим id."),
            Validate = value =>
                Split(value).All(id => long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
                    ? null
                    : new(
                        "must be numeric Telegram ids, separated by commas (not @names)",
                        "должно быть числовыми id Telegram через запятую (не @именами)"
                    ),
        };

    public static Setting Open { get; } =
        new()
        {
            Name = "VPN_TELEGRAM_OPEN",
            Module = VpnModule.Prefix,
            Default = "false",
            Enables = new(
                "Anyone may use the bot; each user sees, resets and deletes only the keys that they made.",
                "Бот доступен всем; каждый видит, обнуляет и удаляет только ключи, которые создал сам."
            ),
            WhenMissing = new(
                "Only the users of VPN_TELEGRAM_ALLOWED_IDS may use it.",
                "Бот доступен только пользователям из VPN_TELEGRAM_ALLOWED_IDS."
            ),
            Source = new("true or false.", "true или false."),
            Validate = SettingRules.Boolean,
            Remark = settings =>
                settings.Boolean(Open!) && settings.IsSet(AllowedIds)
                    ? new(
                        "has no effect: VPN_TELEGRAM_ALLOWED_IDS is set, and only those users may use the bot",
                        "не действует: задан VPN_TELEGRAM_ALLOWED_IDS, и бот доступен только этим пользователям"
                    )
                    : null,
        };

    public static Setting MaxKeys { get; } =
        new()
        {
            Name = "VPN_TELEGRAM_MAX_KEYS",
            Module = VpnModule.Prefix,
            Default = "1",
            Enables = new(
                "How many keys a user may have at once where VPN_TELEGRAM_OPEN is on.",
                "Сколько ключей может быть у пользователя одновременно, если включён VPN_TELEGRAM_OPEN."
            ),
            WhenMissing = new("One.", "Один."),
            Source = new($"Your own choice, 1 to {MostKeysOfAUser}.", $"Выберите сами, от 1 до {MostKeysOfAUser}."),
            Validate = SettingRules.NumberBetween(1, MostKeysOfAUser),
        };

    public static Setting ApiUrl { get; } =
        new()
        {
            Name = "VPN_TELEGRAM_API_URL",
            Module = VpnModule.Prefix,
            Default = "https://api.telegram.org",
            Enables = new(
                "The address of the Telegram Bot API, such as that of a Bot API server of your own.",
                "Адрес Telegram Bot API, например вашего собственного сервера Bot API."
            ),
            WhenMissing = new("https://api.telegram.org is used.", "Используется https://api.telegram.org."),
            Source = new("Only where api.telegram.org cannot be reached.", "Только если api.telegram.org недоступен."),
            Validate = SettingRules.WebAddress,
        };

    public static IReadOnlyList<Setting> All { get; } = [Token, AllowedIds, Open, MaxKeys, ApiUrl];

    private static async Task<LocalizedText?> CheckAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        try
        {
            await new BotApiClient(http, settings[ApiUrl]!, settings[Token]!).GetMeAsync(cancellation);

            return null;
        }
        catch (BotApiException failure)
        {
            return failure.Reason == BotApiFailure.Unauthorized
                ? new("Telegram does not know this token", "Telegram не знает такой токен")
                : new($"Telegram does not answer properly: {failure.Message}", $"Telegram отвечает неправильно: {failure.Message}");
        }
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^[0-9]{5,20}:[A-Za-z0-9_-]{30,60}$", RegexOptions.NonBacktracking)]
    private static partial Regex TokenShape();
}
