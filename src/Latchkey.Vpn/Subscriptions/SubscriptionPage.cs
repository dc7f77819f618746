using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Links;
using Latchkey.Vpn.QrCodes;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>What a person sees who opens the subscription's address in a browser. It loads nothing from anywhere.</summary>
internal sealed class SubscriptionPage(LatchkeySettings settings, SubscriptionHeaders headers, TimeProvider time)
{
    private const int QrSize = 260;
    private const int NonceBytes = 16;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Apps ask for anything, browsers for HTML by name.</summary>
    public static bool IsAskedFor(HttpRequest request) =>
        !request.Query.ContainsKey("format") && request.GetTypedHeaders().Accept.Any(range => range.MediaType == "text/html");

    public IResult Answer(HttpContext http, VpnKey key, string address, IReadOnlyList<KeyLink> servers)
    {
        var language = CallerLanguage.Of(http.Request) ?? Language.English;
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceBytes));
        var response = http.Response.Headers;

        response.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response["Referrer-Policy"] = "no-referrer";
        response["X-Content-Type-Options"] = "nosniff";
        response["X-Robots-Tag"] = "noindex";
        response.ContentLanguage = language == Language.Russian ? "ru" : "en";

        return Results.Bytes(Encoding.UTF8.GetBytes(Write(key, address, servers, language, nonce)), "text/html; charset=utf-8");
    }

    private string Write(VpnKey key, string address, IReadOnlyList<KeyLink> servers, Language language, string nonce)
    {
        var state = key.State(time.GetUtcNow());
        var title = Encoder.Encode(headers.TitleOf(KeyLinks.LabelOf(KeyResponses.Of(key, time.GetUtcNow()))));
        using var qr = QrImage.Of(address);

        return $$"""
            <!doctype html>
            <html lang="{{(language == Language.Russian ? "ru" : "en")}}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{{title}}</title>
            <style nonce="{{nonce}}">
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { margin: 0 auto; max-width: 34rem; padding: 1.5rem; }
            h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
            dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; }
            dt { opacity: .7; } dd { margin: 0; }
            progress { width: 100%; }
            svg { display: block; margin: 1rem auto; border-radius: .5rem; }
            input { width: 100%; box-sizing: border-box; font: .8rem monospace; padding: .5rem; }
            button, a.app { display: inline-block; margin: .4rem .4rem 1rem 0; padding: .45rem .9rem; font: inherit; cursor: pointer; }
            .no { color: #c33; } .yes { color: #2a8; }
            </style>
            </head>
            <body>
            <h1>{{title}}</h1>
            <dl>
            <dt>{{Text("State", "Состояние")}}</dt><dd>{{StateOf(key, state, language)}}</dd>
            <dt>{{Text("Used", "Использовано")}}</dt><dd>{{Usage(key, language)}}</dd>
            <dt>{{Text("Valid until", "Действует до")}}</dt><dd>{{Expiry(key, language)}}</dd>
            </dl>
            {{Bar(key)}}
            {{qr.ToSvg(QrSize)}}
            <p>{{Text("Scan the code in your VPN app, or copy the address of the subscription.", "Отсканируйте код в VPN-приложении или скопируйте адрес подписки.")}}</p>
            {{Copied(address, Text("Copy the address", "Скопировать адрес"))}}
            {{Apps(address)}}
            {{string.Concat(
                servers.Select(server =>
                    $"<p>{Encoder.Encode(server.Label)}</p>\n{Copied(server.Link, Text("Copy the link", "Скопировать ссылку"))}"
                )
            )}}
            {{Support(Text("Help", "Помощь"))}}
            <script nonce="{{nonce}}">
            document.querySelectorAll('button').forEach(button => button.addEventListener('click', async () => {
              const field = button.previousElementSibling;
              field.select();
              try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand('copy'); }
              button.textContent = '{{Text("Copied", "Скопировано")}}';
            }));
            </script>
            </body>
            </html>
            """;

        string Text(string english, string russian) => new LocalizedText(english, russian).In(language);
    }

    private static string StateOf(VpnKey key, KeyState state, Language language) =>
        SubscriptionNotice.Of(key, state) is { } notice
            ? $"<span class=\"no\">{Encoder.Encode(notice.In(language))}</span>"
            : $"<span class=\"yes\">{new LocalizedText("Works", "Работает").In(language)}</span>";

    private static string Usage(VpnKey key, Language language)
    {
        var used = DataSize.Write(key.Traffic.Total, language);

        return key.DataLimit is { } limit
            ? new LocalizedText($"{used} of {DataSize.Write(limit, language)}", $"{used} из {DataSize.Write(limit, language)}").In(language)
            : used;
    }

    private static string Expiry(VpnKey key, Language language) =>
        key.ExpiresAt is { } end
            ? new LocalizedText(SubscriptionNotice.English(end), SubscriptionNotice.InRussian(end)).In(language)
            : new LocalizedText("no end", "бессрочно").In(language);

    private static string Bar(VpnKey key) =>
        key.DataLimit is { } limit
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"<progress max=\"{limit}\" value=\"{Math.Min(key.Traffic.Total, limit)}\"></progress>"
            )
            : "";

    private static string Copied(string value, string button) =>
        $"<input readonly value=\"{Encoder.Encode(value)}\"><button type=\"button\">{button}</button>";

    /// <summary>The addresses by which apps take a subscription over from a page.</summary>
    private static string Apps(string address)
    {
        var escaped = Uri.EscapeDataString(address);

        return $"""
            <p>
            <a class="app" href="{Encoder.Encode($"hiddify://import/{address}")}">Hiddify</a>
            <a class="app" href="sing-box://import-remote-profile?url={escaped}">sing-box</a>
            <a class="app" href="clash://install-config?url={escaped}">Clash</a>
            </p>
            """;
    }

    private string Support(string word) =>
        settings[SubscriptionSettings.SupportUrl] is { } url
            ? $"<p><a rel=\"noreferrer\" href=\"{Encoder.Encode(url)}\">{word}</a></p>"
            : "";
}
