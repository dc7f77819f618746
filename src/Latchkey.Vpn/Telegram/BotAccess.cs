using System.Globalization;
using Latchkey.Platform.Settings;

namespace Latchkey.Vpn.Telegram;

/// <summary>Who may use the bot, and for which keys.</summary>
/// <param name="Operators">They may use all keys; where there are some, nobody else may use the bot.</param>
/// <param name="MaxKeys">How many a user may have at once where everybody may use the bot.</param>
internal sealed record BotAccess(IReadOnlySet<long> Operators, bool IsOpen, int MaxKeys)
{
    public static BotAccess From(LatchkeySettings settings)
    {
        var operators = settings.List(TelegramSettings.AllowedIds).Select(id => long.Parse(id, CultureInfo.InvariantCulture)).ToHashSet();

        return new BotAccess(
            operators,
            operators.Count == 0 && settings.Boolean(TelegramSettings.Open),
            settings.Integer(TelegramSettings.MaxKeys)
        );
    }

    public BotScope Of(long userId)
    {
        if (Operators.Count > 0)
            return Operators.Contains(userId) ? BotScope.AllKeys : BotScope.Refused;

        return IsOpen ? BotScope.OwnKeys : BotScope.NotSetUp;
    }
}

internal enum BotScope
{
    /// <summary>Nobody has said who may use the bot.</summary>
    NotSetUp,

    Refused,
    OwnKeys,
    AllKeys,
}
