using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;
using YamlDotNet.Serialization;

namespace Latchkey.Vpn.Tests.Subscriptions;

/// <summary>The whole configurations, of two servers.</summary>
public sealed class SubscriptionFormatTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private const string PublicKey = "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw";

    private readonly VpnHost _host = servers.Host;

    [Fact]
    public async Task Can_read_the_servers_in_a_configuration_for_sing_box()
    {
        var key = await _host.CreateKeyAsync("""{"name": "proxy"}""");

        var configuration = JsonNode.Parse(await TextAsync(key, "singbox"))!;

        var outbounds = configuration["outbounds"]!.AsArray().ToDictionary(outbound => (string)outbound!["tag"]!, outbound => outbound!);
        outbounds.Keys.ShouldBe(["proxy", "auto", "proxy main", "proxy Helsinki", "direct"]);
        outbounds["proxy main"]
            .ToJsonString()
            .ShouldBe(
                $$$$"""{"type":"vless","tag":"proxy main","server":"vpn.example.com","server_port":443,"uuid":"{{{{key["uuid"]}}}}","flow":"xtls-rprx-vision","packet_encoding":"xudp","tls":{"enabled":true,"server_name":"microsoft.com","utls":{"enabled":true,"fingerprint":"chrome"},"reality":{"enabled":true,"public_key":"{{{{PublicKey}}}}","short_id":"7bb45050"}}}"""
            );
        outbounds["proxy Helsinki"]["flow"].ShouldBeNull();
        ((string)outbounds["proxy Helsinki"]["tls"]!["reality"]!["short_id"]!).ShouldBe("12345678");
        ((int)outbounds["proxy Helsinki"]["server_port"]!).ShouldBe(8443);
    }

    [Fact]
    public async Task Can_follow_every_name_in_a_configuration_for_sing_box()
    {
        var configuration = JsonNode.Parse(await TextAsync(await _host.CreateKeyAsync("""{"is_active": false}"""), "singbox"))!;
        var outbounds = configuration["outbounds"]!.AsArray();
        var tags = outbounds.Select(outbound => (string)outbound!["tag"]!).ToList();
        var nameServers = configuration["dns"]!["servers"]!.AsArray().Select(server => (string)server!["tag"]!).ToList();

        tags.ShouldBeUnique();
        outbounds.SelectMany(outbound => outbound!["outbounds"]?.AsArray() ?? []).ShouldAllBe(name => tags.Contains((string)name!));
        tags.ShouldContain((string)outbounds[0]!["default"]!);
        tags.ShouldContain((string)configuration["route"]!["final"]!);
        nameServers.ShouldContain((string)configuration["route"]!["default_domain_resolver"]!);
        nameServers.ShouldContain((string)configuration["dns"]!["final"]!);

        // The fastest is picked among nameServers, and a notice is always the fastest to fail.
        var fastest = outbounds.Single(outbound => (string)outbound!["type"]! == "urltest")!["outbounds"]!.AsArray();
        fastest.Count.ShouldBe(2);
        fastest.ShouldAllBe(name => !((string)name!).StartsWith('⛔'));
    }

    [Fact]
    public async Task Can_read_the_servers_in_a_configuration_for_clash()
    {
        var key = await _host.CreateKeyAsync("""{"name": "a: \"b\" # 'c' \\ 😀"}""");

        var configuration = Yaml(await TextAsync(key, "clash"));

        var proxies = List(configuration["proxies"]);
        var first = Map(proxies[0]!);
        first["name"].ShouldBe("a: \"b\" # 'c' \\ 😀 main");
        first["type"].ShouldBe("vless");
        first["server"].ShouldBe("vpn.example.com");
        first["port"].ShouldBe(443);
        first["uuid"].ShouldBe((string)key["uuid"]!);
        first["network"].ShouldBe("tcp");
        first["tls"].ShouldBe(true);
        first["udp"].ShouldBe(true);
        first["servername"].ShouldBe("microsoft.com");
        first["flow"].ShouldBe("xtls-rprx-vision");
        first["client-fingerprint"].ShouldBe("chrome");
        Map(first["reality-opts"]!)["public-key"].ShouldBe(PublicKey);

        var second = Map(proxies[1]!);
        second.ShouldNotContainKey("flow");
        // All digits, and still a string.
        Map(second["reality-opts"]!)["short-id"].ShouldBe("12345678");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"is_active": false}""")]
    public async Task Can_follow_every_name_in_a_configuration_for_clash(string terms)
    {
        var configuration = Yaml(await TextAsync(await _host.CreateKeyAsync(terms), "clash"));
        var proxies = List(configuration["proxies"]).Select(proxy => (string)Map(proxy!)["name"]!).ToList();
        var groups = List(configuration["proxy-groups"]).Select(group => Map(group!)).ToList();
        var names = proxies.Concat(groups.Select(group => (string)group["name"]!)).ToList();

        names.ShouldBeUnique();
        groups.SelectMany(group => List(group["proxies"])).ShouldAllBe(name => names.Contains((string)name!));
        List(configuration["rules"])[^1].ShouldBe("MATCH,VPN");
        groups.Single(group => (string)group["type"]! == "select")["name"].ShouldBe("VPN");
    }

    [Fact]
    public async Task Can_take_the_links_of_all_servers_and_the_operators_own_headers()
    {
        var key = await _host.CreateKeyAsync("""{"name": "x"}""");

        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key));

        (await answer.LinksAsync()).Select(link => link.Split('#')[1]).ShouldBe(["x%20main", "x%20Helsinki"]);
        answer.Headers.GetValues("profile-title").Single().ShouldBe("base64:" + Convert.ToBase64String("Моя сеть"u8));
        answer.Headers.GetValues("support-url").Single().ShouldBe("https://t.me/example_support");
        answer.Headers.GetValues("profile-web-page-url").Single().ShouldBe("https://vpn.example.com/account");
    }

    private async Task<string> TextAsync(JsonNode key, string format)
    {
        using var answer = await _host.SubscribeAsync(await _host.AddressOfAsync(key) + "?format=" + format);
        answer.EnsureSuccessStatusCode();

        return await answer.Content.ReadAsStringAsync();
    }

    internal static Dictionary<object, object?> Yaml(string text) =>
        Map(new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(text));

    private static Dictionary<object, object?> Map(object value) => value.ShouldBeOfType<Dictionary<object, object?>>();

    private static List<object?> List(object? value) => value.ShouldBeOfType<List<object?>>();
}

public sealed class TwoServers : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal VpnHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var nodes = Path.Combine(_folder.Path, "nodes.json");
        await File.WriteAllTextAsync(
            nodes,
            """[{"name": "Helsinki", "api": "127.0.0.1:1", "domain": "fi.example.com", "port": 8443, "short_id": "12345678", "flow": "none"}]"""
        );
        Host = await VpnHost.StartAsync(
            options: new RunningHostOptions()
                .With(CoreSettings.NodesFile, nodes)
                .With(CoreSettings.Kind, "xray")
                .With(LinkSettings.Domain, "vpn.example.com")
                .With(SubscriptionSettings.Title, "Моя сеть")
                .With(SubscriptionSettings.SupportUrl, "https://t.me/example_support")
                .With(SubscriptionSettings.PageUrl, "https://vpn.example.com/account")
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
