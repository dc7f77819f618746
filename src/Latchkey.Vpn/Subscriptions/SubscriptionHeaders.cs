using System.Text;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>
/// What client apps read beside the body. Where they come from: https://github.com/crossutility/Quantumult/blob/master/extra-subscription-feature.md
/// and https://github.com/hiddify/hiddify-app/wiki/URL-Scheme.
/// </summary>
internal sealed class SubscriptionHeaders(LatchkeySettings settings)
{
    private const int LongestFileName = 60;

    public void Set(HttpResponse response, VpnKey key, string label, SubscriptionFormat format)
    {
        var headers = response.Headers;

        headers["subscription-userinfo"] = UserInfo(key);
        headers["profile-update-interval"] = settings[SubscriptionSettings.UpdateHours];
        headers["profile-title"] = "base64:" + Convert.ToBase64String(Encoding.UTF8.GetBytes(TitleOf(label)));
        headers.ContentDisposition = FileName(label, key.Id, format);

        if (settings[SubscriptionSettings.SupportUrl] is { } support)
            headers["support-url"] = Ascii(support);

        if (settings[SubscriptionSettings.PageUrl] is { } page)
            headers["profile-web-page-url"] = Ascii(page);
    }

    public string TitleOf(string label) => settings[SubscriptionSettings.Title] ?? label;

    /// <summary>All four always: an app that misses one shows none. Zero says that there is no limit, or no end.</summary>
    private static string UserInfo(VpnKey key) =>
        string.Create(
            null,
            $"upload={key.Traffic.Upload}; download={key.Traffic.Download}; total={key.DataLimit ?? 0}; expire={key.ExpiresAt?.ToUnixTimeSeconds() ?? 0}"
        );

    private static string FileName(string label, long keyId, SubscriptionFormat format)
    {
        var extension = format switch
        {
            SubscriptionFormat.SingBox => ".json",
            SubscriptionFormat.Clash => ".yaml",
            _ => ".txt",
        };
        var name = string.Concat(
                label.EnumerateRunes().Where(rune => Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '-' or '_').Take(LongestFileName)
            )
            .Trim();
        // Some apps read the plain name alone, and would show a row of underlines for one that is not ASCII.
        var plain = name.Length > 0 && name.All(char.IsAscii) ? name : $"key_{keyId}";
        var disposition = new ContentDispositionHeaderValue("attachment")
        {
            FileName = plain + extension,
            FileNameStar = (name.Length > 0 ? name : plain) + extension,
        };

        return disposition.ToString();
    }

    private static string Ascii(string url) => new Uri(url).AbsoluteUri;
}
