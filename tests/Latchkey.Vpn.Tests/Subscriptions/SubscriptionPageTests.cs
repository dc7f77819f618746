using System.Net;
using System.Text.RegularExpressions;
using Latchkey.Vpn.Tests.QrCodes;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Subscriptions;

[Collection(SharedVpnHostTests.Name)]
public partial class SubscriptionPageTests(SharedVpnHost shared)
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    private readonly VpnHost _host = shared.Host;

    [Fact]
    public async Task Can_open_the_address_in_a_browser()
    {
        var key = await _host.CreateKeyAsync("""{"name": "Ann", "data_limit": 1610612736, "expires_at": 2000000000}""");
        var address = await _host.AddressOfAsync(key);

        var (answer, page) = await OpenAsync(address, "en-GB");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.ShouldContain("<h1>Ann</h1>");
        page.ShouldContain("0 B of 1.5 GB");
        page.ShouldContain("2033-05-18");
        page.ShouldContain("Works");
        page.ShouldContain(WebUtility.HtmlEncode($"vless://{key["uuid"]}@"));
        QrReader.ReadSvg(Svg().Match(page).Value).ShouldBe(new Uri(_host.Host.Address, address).AbsoluteUri);
    }

    [Fact]
    public async Task Can_read_it_in_russian()
    {
        var key = await _host.CreateKeyAsync("""{"is_active": false}""");

        var (answer, page) = await OpenAsync(await _host.AddressOfAsync(key), "ru,en;q=0.5");

        page.ShouldContain("<html lang=\"ru\">");
        page.ShouldContain("Приостановлен");
        page.ShouldContain("бессрочно");
        answer.Content.Headers.ContentLanguage.ShouldBe(["ru"]);
    }

    [Fact]
    public async Task Cannot_bring_a_script_in_by_a_name()
    {
        var key = await _host.CreateKeyAsync("""{"name": "<script>alert(1)</script>\"><img src=x onerror=alert(2)>"}""");

        var (answer, page) = await OpenAsync(await _host.AddressOfAsync(key), "en");

        Script().Count(page).ShouldBe(1);
        page.ShouldNotContain("<img");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'; ");
        policy.ShouldContain($"script-src 'nonce-{Nonce().Match(page).Groups[1].Value}'");
        policy.ShouldNotContain("unsafe");
        // Nothing is loaded from anywhere.
        Loaded().IsMatch(page).ShouldBeFalse();
    }

    private async Task<(HttpResponseMessage Answer, string Page)> OpenAsync(string address, string language)
    {
        var answer = await _host.SubscribeAsync(address, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", language, Browser);

        return (answer, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Svg();

    [GeneratedRegex("<script")]
    private static partial Regex Script();

    [GeneratedRegex("<script nonce=\"([^\"]+)\"")]
    private static partial Regex Nonce();

    [GeneratedRegex("<(link|img|iframe|object|embed|base)\\b|<script[^>]*src|@import|url\\(")]
    private static partial Regex Loaded();
}
