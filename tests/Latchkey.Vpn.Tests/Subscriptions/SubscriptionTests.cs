using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Subscriptions;

[Collection(SharedVpnHostTests.Name)]
public class SubscriptionTests(SharedVpnHost shared)
{
    private readonly VpnHost _host = shared.Host;

    [Fact]
    public async Task Can_take_the_very_link_of_the_key_from_its_subscription()
    {
        var key = await _host.CreateKeyAsync("""{"name": "Вася 😀"}""");
        var link = (string)(await _host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/link")).Body!["vless_link"]!;

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        (await answer.LinksAsync()).ShouldBe([link]);
    }

    [Fact]
    public async Task Can_take_it_as_plain_links()
    {
        var key = await _host.CreateKeyAsync("""{"name": "plain"}""");

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key) + "?format=plain");

        (await answer.Content.ReadAsStringAsync()).ShouldMatch($"^vless://{key["uuid"]}@.*#plain\n$");
    }

    [Fact]
    public async Task Can_read_usage_limit_and_end_in_the_headers()
    {
        var key = await _host.CreateKeyAsync("""{"name": "Вася", "data_limit": 5000, "expires_at": 2000000000}""");
        await UseAsync(key, upload: 100, download: 2000);

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key));

        Header(answer, "subscription-userinfo").ShouldBe("upload=100; download=2000; total=5000; expire=2000000000");
        Header(answer, "profile-update-interval").ShouldBe("12");
        Header(answer, "profile-title").ShouldBe("base64:" + Convert.ToBase64String("Вася"u8));
        answer.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe("Вася.txt");
        answer.Content.Headers.ContentDisposition.FileName.ShouldBe($"key_{key["key_id"]}.txt");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.Contains("support-url").ShouldBeFalse();
        answer.Headers.Contains("profile-web-page-url").ShouldBeFalse();
    }

    [Fact]
    public async Task Can_see_all_four_figures_of_a_key_without_limits()
    {
        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(await _host.CreateKeyAsync()));

        Header(answer, "subscription-userinfo").ShouldBe("upload=0; download=0; total=0; expire=0");
    }

    [Fact]
    public async Task Cannot_be_led_astray_by_the_name_of_the_file()
    {
        var key = await _host.CreateKeyAsync("""{"name": "../../etc/passwd\";x=\"1"}""");

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key), "clash-verge/v2.0");

        answer.Content.Headers.ContentDisposition!.FileName!.Trim('"').ShouldBe("etcpasswdx1.yaml");
    }

    [Theory]
    [InlineData("v2rayNG/1.9.5", "text/plain; charset=utf-8")]
    [InlineData("Shadowrocket/2070 CFNetwork", "text/plain; charset=utf-8")]
    [InlineData("SFA/1.12.3 (Build 500; sing-box 1.12.3)", "application/json")]
    [InlineData("HiddifyNext/2.5.7 (android) like ClashMeta v2ray sing-box", "application/json")]
    [InlineData("HiddifyNext/1.1 (windows)", "application/json")]
    [InlineData("HiddifyNG/1.1", "text/plain; charset=utf-8")]
    [InlineData("clash-verge/v2.2.3", "text/yaml; charset=utf-8")]
    [InlineData("FlClash/v0.8.80 clash-verge Platform/android", "text/yaml; charset=utf-8")]
    [InlineData("mihomo/1.19", "text/yaml; charset=utf-8")]
    [InlineData("Stash/3.1 Clash/1.9", "text/yaml; charset=utf-8")]
    public async Task Can_be_known_by_the_name_of_the_app(string app, string contentType)
    {
        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(await _host.CreateKeyAsync()), app);

        answer.Content.Headers.ContentType!.ToString().ShouldBe(contentType);
    }

    [Fact]
    public async Task Can_ask_for_another_format_than_the_apps()
    {
        var address = await _host.AddressOfAsync(await _host.CreateKeyAsync());

        using var answer = await _host.SubscribeAsync(address + "?format=base64", "sing-box 1.12");
        using var unknown = await _host.SubscribeAsync(address + "?format=xml");

        (await answer.LinksAsync()).Length.ShouldBe(1);
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await unknown.Content.ReadAsStringAsync()).ShouldBe("""{"detail":"format must be one of: base64, plain, singbox, clash"}""");
    }

    [Theory]
    [InlineData("singbox", "proxy", "\"tag\": \"proxy (2)\"")]
    [InlineData("clash", "DIRECT", "name: \"DIRECT (2)\"")]
    [InlineData("clash", "vpn", "name: \"vpn (2)\"")]
    public async Task Can_give_a_key_a_name_that_the_format_has_for_itself(string format, string name, string apart)
    {
        var key = await _host.CreateKeyAsync($$"""{"name": "{{name}}"}""");

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key) + "?format=" + format);

        (await answer.Content.ReadAsStringAsync()).ShouldContain(apart);
    }

    [Fact]
    public async Task Can_ask_by_head()
    {
        var address = await _host.AddressOfAsync(await _host.CreateKeyAsync());
        using var request = new HttpRequestMessage(HttpMethod.Head, address);

        using var answer = await _host.Host.Anonymous.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(0);
        Header(answer, "subscription-userinfo").ShouldStartWith("upload=");
    }

    [Fact]
    public async Task Cannot_tell_a_wrong_token_from_a_key_that_there_is_not()
    {
        var key = await _host.CreateKeyAsync();
        var address = await _host.AddressOfAsync(key);
        var answers = new List<string>();

        foreach (
            var wrong in new[]
            {
                address[..^1] + "!",
                $"/sub/{key["key_id"]}-x",
                "/sub/999999-x",
                "/sub/x",
                $"/sub/0{address["/sub/".Length..]}",
            }
        )
        {
            using var answer = await _host.SubscribeAsync(wrong);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answers.Add($"{answer.Content.Headers.ContentType} {await answer.Content.ReadAsStringAsync()}");
        }

        answers.Distinct().ShouldBe(["""application/json {"detail":"Not Found"}"""]);
    }

    [Fact]
    public async Task Cannot_use_an_address_after_a_new_one_was_made()
    {
        var key = await _host.CreateKeyAsync();
        var old = await _host.AddressOfAsync(key);

        var (status, rotated) = await _host.SendAsync(HttpMethod.Post, $"/api/keys/{key["key_id"]}/subscription/rotate");

        status.ShouldBe(200);
        var address = new Uri((string)rotated!["subscription_url"]!).PathAndQuery;
        address.ShouldNotBe(old);
        (await _host.AddressOfAsync(key)).ShouldBe(address);
        using var gone = await _host.SubscribeAsync(old);
        using var there = await _host.SubscribeAsync(address);
        (gone.StatusCode, there.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.OK));
    }

    [Fact]
    public async Task Cannot_learn_the_address_without_the_secret_or_of_no_key()
    {
        var key = await _host.CreateKeyAsync();

        using var answer = await _host.Host.Anonymous.GetAsync($"/api/keys/{key["key_id"]}/subscription");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await _host.SendAsync(HttpMethod.Get, "/api/keys/999999/subscription")).Status.ShouldBe(404);
        (await _host.SendAsync(HttpMethod.Post, "/api/keys/999999/subscription/rotate")).Status.ShouldBe(404);
        (await _host.SendAsync(HttpMethod.Get, "/api/keys/x/subscription")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("""{"is_active": false}""", null, "⛔ Paused / Приостановлен")]
    [InlineData("""{"is_active": false}""", "ru-RU,ru;q=0.9,en;q=0.8", "⛔ Приостановлен")]
    [InlineData("""{"expires_at": 1000000000}""", "en-US", "⛔ Expired on 2001-09-09")]
    [InlineData("""{"data_limit": 10}""", "de", "⛔ Traffic used up")]
    public async Task Can_see_why_a_key_does_not_work_and_keep_its_servers(string terms, string? language, string notice)
    {
        var key = await _host.CreateKeyAsync(terms);
        await UseAsync(key, upload: 10, download: 10);

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key), language: language);

        var links = await answer.LinksAsync();
        links.Length.ShouldBe(2);
        Uri.UnescapeDataString(new Uri(links[0]).Fragment[1..]).ShouldBe(notice);
        new Uri(links[0]).Authority.ShouldBe("127.0.0.1:1");
        links[1].ShouldStartWith($"vless://{key["uuid"]}@");
    }

    private Task UseAsync(JsonNode key, long upload, long download) =>
        _host
            .Host.Services.GetRequiredService<TrafficWriter>()
            .WriteAsync(
                "main",
                [new TrafficGrowth((long)key["key_id"]!, new UserCounters(upload, download), upload, download)],
                TestContext.Current.CancellationToken
            );

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
