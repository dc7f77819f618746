using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Telegram.BotApi;

namespace Latchkey.Vpn.Telegram;

/// <summary>Who wrote, from where, and what they may do.</summary>
/// <param name="UpdateId">Telegram's number of what they wrote.</param>
internal sealed record BotCaller(BotUser User, long ChatId, long UpdateId, BotScope Scope)
{
    public BotTexts Texts { get; } =
        new(User.LanguageCode?.StartsWith("ru", StringComparison.OrdinalIgnoreCase) == true ? Language.Russian : Language.English);

    public bool SeesAllKeys => Scope == BotScope.AllKeys;

    /// <summary>What a key of theirs is called.</summary>
    public string KeyName => string.IsNullOrEmpty(User.Username) ? User.Id.ToString(CultureInfo.InvariantCulture) : User.Username;
}
