using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Keys;

public class ChangeKeyTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Can_change_what_is_given_and_keep_the_rest()
    {
        await using var host = await VpnHost.StartAsync();
        var key = await host.CreateKeyAsync(
            """{"name": "a", "note": "n", "data_limit": 1000, "expires_at": 4102444800, "device_limit": 3}"""
        );
        ((long)key["data_limit"]!).ShouldBe(1000);

        var changed = await ChangeAsync(host, key, """{"name": "b", "data_limit": null}""");

        ((string)changed["name"]!).ShouldBe("b");
        ((string)changed["note"]!).ShouldBe("n");
        changed["data_limit"].ShouldBeNull();
        ((long)changed["expires_at"]!).ShouldBe(4102444800);
        ((int)changed["device_limit"]!).ShouldBe(3);
        ((string)changed["state"]!).ShouldBe("active");
        ((string)(await ChangeAsync(host, key, """{"name": null}"""))["uuid"]!).ShouldBe((string)key["uuid"]!);
    }

    [Fact]
    public async Task Can_see_why_a_key_does_not_work()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await VpnHost.StartAsync(options: new RunningHostOptions { Time = clock });
        var key = await host.CreateKeyAsync("""{"expires_at": "2027-02-01T00:00:00+03:00"}""");
        ((long)key["expires_at"]!).ShouldBe(new DateTimeOffset(2027, 1, 31, 21, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());

        clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromHours(10));

        ((bool)(await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}")).Body!["is_active"]!).ShouldBeFalse();
        ((string)(await ChangeAsync(host, key, "{}"))["state"]!).ShouldBe("expired");
        ((string)(await ChangeAsync(host, key, """{"is_active": false}"""))["state"]!).ShouldBe("paused");
        ((string)(await ChangeAsync(host, key, """{"is_active": true, "expires_at": null}"""))["state"]!).ShouldBe("active");
    }

    [Fact]
    public async Task Can_reset_the_traffic_of_a_key_every_month()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await VpnHost.StartAsync(options: new RunningHostOptions { Time = clock });
        var key = await host.CreateKeyAsync("""{"data_limit": 100, "reset_period": "monthly"}""");
        await host.RunAsync<TrafficWriter>(writer =>
            writer.WriteAsync("main", [new TrafficGrowth((long)key["key_id"]!, new(60, 50), 60, 50)], default)
        );
        ((string)(await ChangeAsync(host, key, "{}"))["state"]!).ShouldBe("limited");
        ((long)key["next_reset_at"]!).ShouldBe(new DateTimeOffset(2027, 2, 28, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());

        clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromDays(29));
        await host.RunAsync<TrafficReset>(reset => reset.ResetDueAsync(default));

        var reset = await ChangeAsync(host, key, "{}");
        ((string)reset["state"]!).ShouldBe("active");
        ((long)reset["upload"]!).ShouldBe(0);
        ((long)reset["next_reset_at"]!).ShouldBe(new DateTimeOffset(2027, 3, 31, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
    }

    private static async Task<JsonNode> ChangeAsync(VpnHost host, JsonNode key, string body)
    {
        var (status, changed) = await host.SendAsync(HttpMethod.Patch, $"/api/keys/{key["key_id"]}", body);
        status.ShouldBe(200);

        return changed!;
    }
}
