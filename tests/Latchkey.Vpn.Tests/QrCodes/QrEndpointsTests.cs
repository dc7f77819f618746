using System.Net;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.QrCodes;

[Collection(SharedVpnHostTests.Name)]
public class QrEndpointsTests(SharedVpnHost shared)
{
    private readonly VpnHost _host = shared.Host;

    [Fact]
    public async Task Can_scan_the_link_from_a_png()
    {
        var key = await _host.CreateKeyAsync("""{"name": "Вася"}""");
        var link = (string)(await _host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/link")).Body!["vless_link"]!;

        using var answer = await _host.Client.GetAsync($"/api/keys/{key["uuid"]}/qr");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        QrReader.ReadPng(await answer.Content.ReadAsByteArrayAsync()).ShouldBe(link);
    }

    [Fact]
    public async Task Can_scan_the_subscription_from_an_svg()
    {
        var key = await _host.CreateKeyAsync();

        using var answer = await _host.Client.GetAsync($"/api/keys/{key["key_id"]}/qr?of=subscription&format=svg&size=300");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/svg+xml");
        var svg = await answer.Content.ReadAsStringAsync();
        svg.ShouldStartWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"300\" height=\"300\"");
        QrReader.ReadSvg(svg).ShouldBe(new Uri(_host.Host.Address, await _host.AddressOfAsync(key)).AbsoluteUri);
    }

    [Fact]
    public async Task Can_scan_a_key_with_a_very_long_name()
    {
        var key = await _host.CreateKeyAsync($$"""{"name": "{{string.Concat(Enumerable.Repeat("😀", 255))}}"}""");

        var png = await _host.Client.GetByteArrayAsync($"/api/keys/{key["key_id"]}/qr?size=2048");

        Uri.UnescapeDataString(QrReader.ReadPng(png).Split('#')[1]).ShouldBe(string.Concat(Enumerable.Repeat("😀", 39)) + "…");
    }

    [Theory]
    [InlineData("image/svg+xml", "image/svg+xml")]
    [InlineData("image/png;q=0.5, image/svg+xml", "image/svg+xml")]
    [InlineData("*/*", "image/png")]
    [InlineData("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", "image/png")]
    public async Task Can_ask_for_a_kind_by_accept(string accept, string contentType)
    {
        var key = await _host.CreateKeyAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/keys/{key["key_id"]}/qr");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await _host.Client.SendAsync(request);

        answer.Content.Headers.ContentType!.ToString().ShouldBe(contentType);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(1000)]
    public async Task Can_choose_the_size(int size)
    {
        var key = await _host.CreateKeyAsync();

        var png = await _host.Client.GetByteArrayAsync($"/api/keys/{key["key_id"]}/qr?of=subscription&size={size}");

        var (width, height) = QrReader.SizeOfPng(png);
        width.ShouldBe(height);
        width.ShouldBeInRange(size * 7 / 10, size);
    }

    [Theory]
    [InlineData("?format=gif", "format must be png or svg")]
    [InlineData("?of=uuid", "of must be link or subscription")]
    [InlineData("?size=199", "size must be a whole number from 200 to 2048")]
    [InlineData("?size=2049", "size must be a whole number from 200 to 2048")]
    [InlineData("?size=big", "size must be a whole number from 200 to 2048")]
    public async Task Cannot_ask_for_what_there_is_not(string query, string detail)
    {
        var key = await _host.CreateKeyAsync();

        var (status, body) = await _host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/qr{query}");

        status.ShouldBe(400);
        ((string)body!["detail"]!).ShouldBe(detail);
    }

    [Fact]
    public async Task Cannot_get_a_code_of_no_key_or_without_the_secret()
    {
        var key = await _host.CreateKeyAsync();

        (await _host.SendAsync(HttpMethod.Get, "/api/keys/999999/qr")).Status.ShouldBe(404);
        using var answer = await _host.Host.Anonymous.GetAsync($"/api/keys/{key["key_id"]}/qr");
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
