using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>How a subscription is written.</summary>
internal enum SubscriptionFormat
{
    /// <summary>The links, one a line, in base64: what nearly every app reads.</summary>
    Base64,

    /// <summary>The links, one a line.</summary>
    Plain,

    /// <summary>A whole configuration for sing-box.</summary>
    SingBox,

    /// <summary>A whole configuration for mihomo (Clash Meta) and what is made of it.</summary>
    Clash,
}

internal static class SubscriptionFormats
{
    // In this order: apps made of both engines name both, and say by it that they read sing-box's format.
    private static readonly (string Word, SubscriptionFormat Format)[] Apps =
    [
        ("sing-box", SubscriptionFormat.SingBox),
        ("singbox", SubscriptionFormat.SingBox),
        ("SFA/", SubscriptionFormat.SingBox),
        ("SFI/", SubscriptionFormat.SingBox),
        ("SFM/", SubscriptionFormat.SingBox),
        ("SFT/", SubscriptionFormat.SingBox),
        ("HiddifyNext", SubscriptionFormat.SingBox),
        ("Karing", SubscriptionFormat.SingBox),
        ("clash", SubscriptionFormat.Clash),
        ("mihomo", SubscriptionFormat.Clash),
        ("Stash", SubscriptionFormat.Clash),
    ];

    public static string Names => string.Join(", ", Enum.GetNames<SubscriptionFormat>()).ToLowerInvariant();

    /// <returns>What <c>?format=</c> asks for, or what the app is known to read; <c>null</c> when there is no such format.</returns>
    public static SubscriptionFormat? Of(HttpRequest request)
    {
        var asked = request.Query["format"].ToString();

        if (asked.Length > 0)
            return Keys.KeyWords.TryRead<SubscriptionFormat>(asked, out var named) ? named : null;

        var app = request.Headers.UserAgent.ToString();

        foreach (var (word, format) in Apps)
        {
            if (app.Contains(word, StringComparison.OrdinalIgnoreCase))
                return format;
        }

        return SubscriptionFormat.Base64;
    }
}
