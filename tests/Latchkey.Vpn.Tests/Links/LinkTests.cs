using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Links;

public class LinkTests
{
    [Fact]
    public async Task Can_get_a_link_with_the_parameters_in_the_order_of_the_contract()
    {
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions()
                .With(LinkSettings.Domain, "vpn.example.com")
                .With(LinkSettings.PublicKey, "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjq/A+=")
                .With(LinkSettings.ShortId, "abcd1234")
                .With(LinkSettings.Flow, "none")
        );
        var key = await host.CreateKeyAsync("""{"name": "Вася & co #1 / ?"}""");

        var answer = (await host.SendAsync(HttpMethod.Get, "/api/keys/1/link")).Body!;

        answer
            .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ShouldBe(
                $$"""{"key_id":1,"vless_link":"vless://{{key["uuid"]}}@vpn.example.com:443?type=tcp&security=reality&sni=microsoft.com&fp=chrome&pbk=Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjq_A-&sid=abcd1234&spx=%2F&flow=none#%D0%92%D0%B0%D1%81%D1%8F%20%26%20co%20%231%20%2F%20%3F"}"""
            );
        ((string)key["short_id"]!).ShouldBe("abcd1234");

        foreach (var path in new[] { "/api/keys/1/config", $"/api/keys/{key["uuid"]}/link", $"/api/keys/uuid/{key["uuid"]}/config" })
            (await host.SendAsync(HttpMethod.Get, path)).Body!.ToJsonString().ShouldBe(answer.ToJsonString());
    }

    [Theory]
    [InlineData("xray", "&spx=%2F&flow=xtls-rprx-vision#key_1")]
    [InlineData("v2ray", "&spx=%2F#key_1")]
    public async Task Can_leave_the_flow_to_the_kind_of_core(string kind, string end)
    {
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions()
                .With(CoreSettings.Kind, kind)
                .With(LinkSettings.Domain, "2001:db8::1")
                .With(LinkSettings.Port, "8443")
        );
        await host.CreateKeyAsync();

        var link = (string)(await host.SendAsync(HttpMethod.Get, "/api/keys/1/link")).Body!["vless_link"]!;

        link.ShouldContain("@[2001:db8::1]:8443?");
        link.ShouldEndWith(end);
    }

    [Fact]
    public async Task Can_name_the_host_of_the_public_address_where_there_is_no_domain()
    {
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions().With(PlatformSettings.PublicUrl, "https://panel.example.com:8443")
        );
        await host.CreateKeyAsync();

        ((string)(await host.SendAsync(HttpMethod.Get, "/api/keys/1/link")).Body!["vless_link"]!).ShouldContain("@panel.example.com:443?");
    }

    [Fact]
    public async Task Cannot_get_a_link_without_the_public_key()
    {
        await using var host = await VpnHost.StartAsync(hasPublicKey: false);
        await host.CreateKeyAsync();

        (await host.SendAsync(HttpMethod.Get, "/api/keys/1/link")).ShouldBeAnswer(500, "Reality public key not configured");
        (await host.SendAsync(HttpMethod.Get, "/api/keys/2/link")).ShouldBeAnswer(404, "Key with id 2 not found");
    }
}

internal static class Answers
{
    public static void ShouldBeAnswer(this (int Status, JsonNode? Body) answer, int status, string detail)
    {
        answer.Status.ShouldBe(status);
        answer.Body!.ToJsonString().ShouldBe($$"""{"detail":"{{detail}}"}""");
    }
}
