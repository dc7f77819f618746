using System.Net;
using System.Text;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Access;

public class VpnAccessTests(VpnHostFixture fixture) : IClassFixture<VpnHostFixture>
{
    private const string NotAuthenticated = """{"detail":"Not authenticated"}""";
    private const string WrongToken = """{"detail":"Invalid authentication token"}""";

    [Theory]
    [InlineData(null, NotAuthenticated)]
    [InlineData("", NotAuthenticated)]
    [InlineData("Bearer", NotAuthenticated)]
    [InlineData("Bearer ", NotAuthenticated)]
    [InlineData(VpnHost.Secret, NotAuthenticated)]
    [InlineData("Basic dTpw", """{"detail":"Invalid authentication credentials"}""")]
    [InlineData("Bearer wrong", WrongToken)]
    [InlineData($"Bearer {VpnHost.Secret}x", WrongToken)]
    [InlineData("Bearer a-secret-of-the-tests-0123456789ABCDEF", WrongToken)]
    [InlineData("Bearer пароль-пароль-пароль-пароль-парол", WrongToken)]
    public async Task Cannot_come_in_without_the_secret(string? header, string answer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/keys") { Content = new StringContent("{ no JSON") };

        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);

        using var response = await Utf8Client().SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await response.Content.ReadAsStringAsync()).ShouldBe(answer);
    }

    [Theory]
    [InlineData("GET", "/api/keys")]
    [InlineData("GET", "/api/keys/1")]
    [InlineData("GET", "/api/keys/abc")]
    [InlineData("PATCH", "/api/keys/1")]
    [InlineData("DELETE", "/api/keys/1")]
    [InlineData("GET", "/api/keys/1/link")]
    [InlineData("GET", "/api/keys/1/config")]
    [InlineData("GET", "/api/keys/uuid/1")]
    [InlineData("GET", "/api/keys/1/traffic")]
    [InlineData("GET", "/api/keys/1/traffic/history")]
    [InlineData("POST", "/api/keys/1/traffic/reset")]
    [InlineData("POST", "/api/traffic/sync")]
    public async Task Cannot_use_any_route_without_the_secret(string method, string path)
    {
        using var response = await fixture.Host.Host.Anonymous.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    [InlineData("Bearer ")]
    public async Task Can_write_the_scheme_in_any_case(string scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {VpnHost.Secret}");

        using var response = await fixture.Host.Host.Anonymous.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Can_restrict_the_addresses_that_may_call()
    {
        await using var closed = await VpnHost.StartAsync(
            options: new RunningHostOptions().With(VpnSettings.AllowedAddresses, "10.1.2.3,192.168.0.0/16")
        );
        await using var open = await VpnHost.StartAsync(
            options: new RunningHostOptions().With(VpnSettings.AllowedAddresses, "10.1.2.3,127.0.0.0/8")
        );

        var (status, body) = await closed.SendAsync(HttpMethod.Get, "/api/keys");
        status.ShouldBe(403);
        body!.ToJsonString().ShouldBe("""{"detail":"Access denied. Your IP address is not authorized."}""");
        (await closed.SendAsync(HttpMethod.Get, "/health")).Status.ShouldBe(200);
        (await open.SendAsync(HttpMethod.Get, "/api/keys")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Can_let_pages_of_another_origin_in_when_they_are_named()
    {
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions().With(VpnSettings.Origins, "https://panel.example.com")
        );

        (await OriginAllowedAsync(host, "https://panel.example.com")).ShouldBe("https://panel.example.com");
        (await OriginAllowedAsync(host, "https://evil.example.com")).ShouldBeNull();
        (await OriginAllowedAsync(fixture.Host, "https://panel.example.com")).ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_find_a_token_in_the_log()
    {
        const string guess = "guess-of-somebody-who-tries-tokens-0123456789";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys/1?token=" + guess);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + guess);
        (await fixture.Host.Host.Anonymous.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await fixture.Host.SendAsync(HttpMethod.Post, "/api/keys", "{ no JSON");
        await fixture.Host.SendAsync(HttpMethod.Get, "/api/keys");

        fixture.Host.Host.Logs.ShouldNotContain(line => line.ToString().Contains(VpnHost.Secret, StringComparison.Ordinal));
        fixture.Host.Host.Logs.ShouldNotContain(line => line.ToString().Contains(guess, StringComparison.Ordinal));
    }

    private HttpClient Utf8Client() =>
        new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = fixture.Host.Host.Address };

    private static async Task<string?> OriginAllowedAsync(VpnHost host, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        request.Headers.Add("Origin", origin);
        using var response = await host.Client.SendAsync(request);

        return response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;
    }
}
