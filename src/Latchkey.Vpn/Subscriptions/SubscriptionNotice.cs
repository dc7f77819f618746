using System.Globalization;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>Tells a user why the key does not work.</summary>
internal static class SubscriptionNotice
{
    /// <returns><c>null</c> for a key that works.</returns>
    public static LocalizedText? Of(VpnKey key, KeyState state) =>
        state switch
        {
            KeyState.Expired => new($"Expired on {English(key.ExpiresAt)}", $"Срок истёк {InRussian(key.ExpiresAt)}"),
            KeyState.Limited when key.Traffic.NextResetAt is { } next => new(
                $"Traffic used up until {English(next)}",
                $"Трафик исчерпан до {InRussian(next)}"
            ),
            KeyState.Limited => new("Traffic used up", "Трафик исчерпан"),
            KeyState.Paused => new("Paused", "Приостановлен"),
            KeyState.Blocked => new("Too many devices, wait a few minutes", "Слишком много устройств, подождите несколько минут"),
            _ => null,
        };

    /// <summary>
    /// The notice as an entry of the app's list. A time-out for too many devices is none: it would stand there for hours after it is over.
    /// </summary>
    /// <param name="language">Apps seldom say; they are shown both.</param>
    public static string? Label(VpnKey key, KeyState state, Language? language) =>
        state == KeyState.Blocked || Of(key, state) is not { } text ? null
        : language is { } known ? $"⛔ {text.In(known)}"
        : $"⛔ {text.English} / {text.Russian}";

    public static string English(DateTimeOffset? day) => day!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string InRussian(DateTimeOffset? day) => day!.Value.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture);
}
