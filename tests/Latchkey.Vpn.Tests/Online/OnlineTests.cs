using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Online;

public class OnlineTests
{
    [Fact]
    public async Task Can_see_by_its_traffic_that_a_key_is_in_use()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await VpnHost.StartAsync(options: new RunningHostOptions { Time = clock });
        await host.CreateKeyAsync();
        var key = await host.CreateKeyAsync("""{"name": "Ann"}""");
        await UseAsync(host, key);
        var used = clock.GetUtcNow().ToUnixTimeSeconds();

        (await OnlineAsync(host))
            .ToJsonString()
            .ShouldBe(
                $$"""{"keys":[{"key_id":{{key["key_id"]}},"name":"Ann","last_used_at":{{used}},"addresses":[]}],"total":1,"source":"traffic"}"""
            );

        clock.Advance(TimeSpan.FromSeconds(61));
        (await OnlineAsync(host)).ToJsonString().ShouldBe("""{"keys":[],"total":0,"source":"traffic"}""");
    }

    [Fact]
    public async Task Can_see_from_where_a_key_is_in_use_when_the_core_tells()
    {
        await using var core = await TellingCore.StartAsync();
        await using var host = await VpnHost.StartAsync(apiPort: core.Port);
        var online = await host.CreateKeyAsync("""{"name": "online"}""");
        var offline = await host.CreateKeyAsync();
        core.Online[$"user_{online["key_id"]}_{((string)online["uuid"]!)[..8]}"] = ["203.0.113.7", "2001:db8::1"];
        // Whoever used it a moment ago and is gone: the core knows better.
        await UseAsync(host, offline);

        await Eventually.IsTrueAsync(async () => (string)(await OnlineAsync(host))["source"]! == "core", "the core is not asked");

        var answer = await OnlineAsync(host);
        ((int)answer["total"]!).ShouldBe(1);
        ((long)answer["keys"]![0]!["key_id"]!).ShouldBe((long)online["key_id"]!);
        answer["keys"]![0]!["addresses"]!.AsArray().Select(address => (string)address!).Order().ShouldBe(["2001:db8::1", "203.0.113.7"]);
    }

    [Fact]
    public async Task Can_see_how_each_core_is()
    {
        using var folder = new TemporaryFolder();
        var nodes = Path.Combine(folder.Path, "nodes.json");
        await File.WriteAllTextAsync(nodes, """[{"name": "Helsinki", "api": "127.0.0.1:1"}]""");
        await using var core = await TellingCore.StartAsync();
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions().With(CoreSettings.NodesFile, nodes),
            apiPort: core.Port
        );
        await host.CreateKeyAsync();
        JsonArray cores = [];

        await Eventually.IsTrueAsync(
            async () =>
            {
                cores = (await host.SendAsync(HttpMethod.Get, "/api/nodes")).Body!["nodes"]!.AsArray();
                return (int)cores[0]!["users"]! == 1 && cores[1]!["failure"] is not null;
            },
            "the cores do not come to what they are"
        );

        cores[0]!
            .ToJsonString()
            .ShouldBe($$"""{"name":"main","address":"127.0.0.1:{{core.Port}}","kind":"xray","is_up":true,"users":1,"failure":null}""");
        ((bool)cores[1]!["is_up"]!).ShouldBeFalse();
        ((string)cores[1]!["address"]!).ShouldBe("127.0.0.1:1");
        cores[1]!["kind"].ShouldBeNull();

        using var refused = await host.Host.Anonymous.GetAsync("/api/nodes");
        ((int)refused.StatusCode).ShouldBe(401);
    }

    private static async Task<JsonNode> OnlineAsync(VpnHost host) => (await host.SendAsync(HttpMethod.Get, "/api/keys/online")).Body!;

    private static Task UseAsync(VpnHost host, JsonNode key) =>
        host
            .Host.Services.GetRequiredService<TrafficWriter>()
            .WriteAsync(
                "main",
                [new TrafficGrowth((long)key["key_id"]!, new UserCounters(1, 1), 1, 1)],
                TestContext.Current.CancellationToken
            );
}
