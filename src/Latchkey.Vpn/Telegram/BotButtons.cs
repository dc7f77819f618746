using System.Globalization;
using Latchkey.Vpn.Telegram.BotApi;

namespace Latchkey.Vpn.Telegram;

/// <summary>The buttons under the bot's messages. What they carry comes back from outside, and is checked like anything from there.</summary>
internal static class BotButtons
{
    public const string Delete = "delete";
    public const string Keep = "keep";
    public const string Page = "page";

    public static BotKeyboard ToDelete(BotTexts texts, long keyId) =>
        new([
            [Button(texts.DeleteButton, Delete, keyId), Button(texts.KeepButton, Keep, keyId)],
        ]);

    /// <returns>The way to the pages before and after, or <c>null</c> when there are none.</returns>
    public static BotKeyboard? ToTurnPages(BotTexts texts, int offset, int pageSize, int total)
    {
        var buttons = new List<BotButton>();

        if (offset > 0)
            buttons.Add(Button(texts.BackButton, Page, Math.Max(0, offset - pageSize)));
        if (offset + pageSize < total)
            buttons.Add(Button(texts.NextButton, Page, offset + pageSize));

        return buttons.Count == 0 ? null : new BotKeyboard([buttons]);
    }

    public static (string Action, long Number)? Read(string? data)
    {
        var parts = data?.Split(':') ?? [];

        return
            parts.Length == 2
            && (parts[0] is Delete or Keep or Page)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (parts[0], number)
            : null;
    }

    private static BotButton Button(string text, string action, long number) =>
        new(text, string.Create(CultureInfo.InvariantCulture, $"{action}:{number}"));
}
