using System.Globalization;
using System.Text;
using Latchkey.Platform.Settings;

namespace Latchkey.Vpn.Telegram;

/// <summary>What the bot says, as HTML of the Bot API.</summary>
internal sealed class BotTexts(Language language)
{
    private const int LongestListedName = 48;
    private const double Megabyte = 1024 * 1024;

    public string PrivateOnly =>
        Say("Links are secrets: please write to me in a private chat.", "Ссылки — это секрет: напишите мне, пожалуйста, в личном чате.");

    public string UnknownCommand => Say("I do not know this command. /help lists what I can do.", "Такой команды нет. Список — /help.");

    public string UnknownKey => Say("There is no such key.", "Такого ключа нет.");

    public string NoKeys => Say("There are no keys yet. /create makes one.", "Ключей пока нет. Создать: /create.");

    public string Failed =>
        Say("It did not work. Please try again a little later.", "Не получилось. Попробуйте, пожалуйста, немного позже.");

    public string TooLongForPicture =>
        Say("The link is too long for a picture; please copy it.", "Ссылка слишком длинная для QR-кода, скопируйте её.");

    public string Kept => Say("Nothing was deleted.", "Ничего не удалено.");

    public string DeleteButton => Say("Delete", "Удалить");

    public string KeepButton => Say("Keep", "Оставить");

    public string NextButton => Say("Next ›", "Далее ›");

    public string BackButton => Say("‹ Back", "‹ Назад");

    public string Help(bool seesAllKeys) =>
        seesAllKeys
            ? Say(
                """
                I make VPN keys and look after them.

                /create – a new key
                /list – all keys
                /link &lt;id&gt; – a key's link
                /traffic &lt;id&gt; – how much it has used
                /reset_traffic &lt;id&gt; – count from zero again
                /delete &lt;id&gt; – delete a key
                """,
                """
                Я создаю ключи VPN и слежу за ними.

                /create – новый ключ
                /list – все ключи
                /link &lt;id&gt; – ссылка ключа
                /traffic &lt;id&gt; – сколько израсходовано
                /reset_traffic &lt;id&gt; – считать с нуля
                /delete &lt;id&gt; – удалить ключ
                """
            )
            : Say(
                """
                I make VPN keys for you. Without an id a command is about your only key.

                /create – a new key
                /list – your keys
                /link – the key's link
                /traffic – how much it has used
                /reset_traffic – count from zero again
                /delete – delete the key
                """,
                """
                Я создаю для вас ключи VPN. Без id команда относится к вашему единственному ключу.

                /create – новый ключ
                /list – ваши ключи
                /link – ссылка ключа
                /traffic – сколько израсходовано
                /reset_traffic – считать с нуля
                /delete – удалить ключ
                """
            );

    public string NotSetUp(long userId) =>
        Say(
            $"""
            Nobody may use this bot yet. Your id is <code>{userId}</code>.

            If the server is yours, set <code>VPN_TELEGRAM_ALLOWED_IDS={userId}</code> and start Latchkey again. To let everybody make keys of their own, set <code>VPN_TELEGRAM_OPEN=true</code> instead.
            """,
            $"""
            Этот бот пока никому не доступен. Ваш id — <code>{userId}</code>.

            Если сервер ваш, задайте <code>VPN_TELEGRAM_ALLOWED_IDS={userId}</code> и перезапустите Latchkey. Чтобы каждый мог создавать собственные ключи, задайте вместо этого <code>VPN_TELEGRAM_OPEN=true</code>.
            """
        );

    public string Refused(long userId) =>
        Say(
            $"You may not use this bot. Your id is <code>{userId}</code>; the server's operator can add it.",
            $"Этот бот вам не доступен. Ваш id — <code>{userId}</code>; оператор сервера может его добавить."
        );

    public string Usage(string command) =>
        Say($"Usage: /{command} &lt;id&gt;, such as /{command} 1", $"Использование: /{command} &lt;id&gt;, например /{command} 1");

    public string SeveralKeys(string command, IEnumerable<long> ids) =>
        $"{Usage(command)}\n{Say("Your keys", "Ваши ключи")}: {string.Join(", ", ids.Select(id => $"<code>{id}</code>"))}";

    public string TooManyKeys(int most, IEnumerable<long> ids) =>
        Say($"You have as many keys as you may have: {most}.", $"У вас уже столько ключей, сколько можно: {most}.")
        + $"\n{Say("Your keys", "Ваши ключи")}: {string.Join(", ", ids.Select(id => $"<code>{id}</code>"))}";

    public string Created(BotKey key) =>
        $"<b>{Say("The key is ready", "Ключ готов")}</b>\nID: <code>{key.Id}</code>\nUUID: <code>{Escape(key.Uuid)}</code>";

    public string Link(string link) =>
        $"<code>{Escape(link)}</code>\n\n"
        + Say("Copy the link into your VPN app, or scan the picture.", "Скопируйте ссылку в приложение VPN или отсканируйте QR-код.");

    public string NoLink(long id) =>
        Say(
            $"The link cannot be made now. /link {id} asks for it again.",
            $"Ссылку сейчас получить не удалось. Запросить ещё раз: /link {id}."
        );

    public string Traffic(long id, BotTraffic traffic) =>
        $"""
            <b>{Say("Key", "Ключ")} {id}</b>
            {Say("Uploaded", "Отправлено")}: {Megabytes(traffic.Upload)} MB
            {Say("Downloaded", "Получено")}: {Megabytes(traffic.Download)} MB
            {Say("Total", "Всего")}: {Megabytes(traffic.Total)} MB
            """;

    public string TrafficReset(long id, BotTraffic previous) =>
        Say(
            $"The traffic of key {id} counts from zero. Before: {Megabytes(previous.Total)} MB",
            $"Трафик ключа {id} обнулён. Было: {Megabytes(previous.Total)} MB"
        );

    public string AskToDelete(BotKey key) =>
        Say(
            $"Delete key {key.Id}{Named(key)}? Whoever uses it loses the VPN.",
            $"Удалить ключ {key.Id}{Named(key)}? Кто им пользуется, останется без VPN."
        );

    public string Deleted(long id) => Say($"Key {id} is deleted.", $"Ключ {id} удалён.");

    /// <param name="offset">How many stand on the pages before.</param>
    public string List(BotKeyPage page, int offset)
    {
        var text = new StringBuilder(
            Say(
                $"Keys {offset + 1}–{offset + page.Keys.Count} of {page.Total}",
                $"Ключи {offset + 1}–{offset + page.Keys.Count} из {page.Total}"
            )
        );

        foreach (var key in page.Keys)
        {
            text.Append('\n').Append(CultureInfo.InvariantCulture, $"<code>{key.Id}</code>{Named(key)}");

            if (!key.IsActive)
                text.Append(Say(" – off", " – выключен"));
        }

        return text.ToString();
    }

    private static string Named(BotKey key) => string.IsNullOrEmpty(key.Name) ? "" : $" ({Escape(Shortened(key.Name))})";

    private static string Megabytes(long bytes) => (bytes / Megabyte).ToString("F2", CultureInfo.InvariantCulture);

    private static string Shortened(string name)
    {
        if (name.Length <= LongestListedName)
            return name;

        // Half of a surrogate pair is no text.
        var end = char.IsHighSurrogate(name[LongestListedName - 1]) ? LongestListedName - 1 : LongestListedName;

        return name[..end] + "…";
    }

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private string Say(string english, string russian) => language == Language.Russian ? russian : english;
}
