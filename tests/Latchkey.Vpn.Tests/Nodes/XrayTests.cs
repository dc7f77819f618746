using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Tests.Running.Xray;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Nodes;

/// <summary>What is said to Xray, and how it is made equal to the table whatever happens to it.</summary>
public class XrayTests
{
    private const string Vision = "xtls-rprx-vision";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Can_add_and_remove_a_user_at_once()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);

        var key = await host.CreateKeyAsync();
        xray.State.Users.Values.ShouldBe([new EmulatedUser(Email(key), (string)key["uuid"]!, Vision)]);

        await host.SendAsync(HttpMethod.Delete, $"/api/keys/{key["key_id"]}");
        xray.State.Users.ShouldBeEmpty();
        xray.AssertNoComplaints();
    }

    [Theory]
    [InlineData(null, Vision, $"&flow={Vision}#")]
    [InlineData("none", "", "&flow=none#")]
    [InlineData(Vision, Vision, $"&flow={Vision}#")]
    public async Task Can_have_the_same_flow_in_the_core_and_in_the_link(string? setting, string user, string link)
    {
        await using var xray = await XrayEmulator.StartAsync();
        var options = new RunningHostOptions();

        if (setting is not null)
            options.With(LinkSettings.Flow, setting);

        await using var host = await StartAsync(xray, options);
        var key = await host.CreateKeyAsync();

        xray.State.Users[Email(key)].Flow.ShouldBe(user);
        ((string)(await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/link")).Body!["vless_link"]!).ShouldContain(link);
        xray.AssertNoComplaints();
    }

    [Fact]
    public async Task Can_mend_users_that_are_wrong_and_leave_strangers_alone()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);
        var (flow, uuid, paused, right) = (
            await host.CreateKeyAsync(),
            await host.CreateKeyAsync(),
            await host.CreateKeyAsync(),
            await host.CreateKeyAsync()
        );
        await host.SendAsync(HttpMethod.Patch, $"/api/keys/{paused["key_id"]}", """{"is_active": false}""");
        var users = xray.State.Users;
        users[Email(flow)] = users[Email(flow)] with { Flow = "" };
        users[Email(uuid)] = users[Email(uuid)] with { Id = Guid.NewGuid().ToString() };
        users[Email(paused)] = new EmulatedUser(Email(paused), (string)paused["uuid"]!, Vision);
        users["user_999_0badcafe"] = new EmulatedUser("user_999_0badcafe", Guid.NewGuid().ToString(), Vision);
        users["admin@example.com"] = new EmulatedUser("admin@example.com", Guid.NewGuid().ToString(), Vision);

        await LookAgainAsync(host, xray);

        users
            .Values.OrderBy(user => user.Email, StringComparer.Ordinal)
            .Select(user => (user.Email, user.Flow))
            .ShouldBe(
                new[] { ("admin@example.com", Vision), (Email(flow), Vision), (Email(uuid), Vision), (Email(right), Vision) }.OrderBy(
                    user => user.Item1,
                    StringComparer.Ordinal
                )
            );
        users[Email(uuid)].Id.ShouldBe((string)uuid["uuid"]!);
        xray.AssertNoComplaints();
    }

    [Fact]
    public async Task Can_leave_a_core_in_peace_that_is_as_it_should_be()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);
        var (paused, deleted) = (await host.CreateKeyAsync(), await host.CreateKeyAsync());
        await host.CreateKeyAsync();
        await host.SendAsync(HttpMethod.Patch, $"/api/keys/{paused["key_id"]}", """{"is_active": false}""");
        await host.SendAsync(HttpMethod.Delete, $"/api/keys/{deleted["key_id"]}");
        await LookAgainAsync(host, xray);
        var (added, removed) = (xray.Count("add"), xray.Count("remove"));

        await LookAgainAsync(host, xray);

        (xray.Count("add"), xray.Count("remove")).ShouldBe((added, removed));
        host.Host.Logs.ShouldNotContain(line => line.Text.Contains("had other users", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Misbehaviour.DropConnection)]
    [InlineData(Misbehaviour.LoseAnswer)]
    public async Task Can_heal_a_lost_call(Misbehaviour how)
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);

        xray.Order("HandlerService/AlterInbound", how);
        var key = await host.CreateKeyAsync();
        await host.CoreIsReadyAsync(times: 2);
        xray.State.Users.Keys.ShouldBe([Email(key)]);

        xray.Order("HandlerService/AlterInbound", how);
        await host.SendAsync(HttpMethod.Delete, $"/api/keys/{key["key_id"]}");
        await host.CoreIsReadyAsync(times: 3);
        xray.State.Users.ShouldBeEmpty();
        xray.AssertNoComplaints();
    }

    [Theory]
    [InlineData(60, 0)]
    [InlineData(0, 0)]
    [InlineData(0, 1_000_000_000)]
    public async Task Can_give_a_core_its_users_back_however_soon_it_starts_again(int secondsLater, long allocated)
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);
        var key = await host.CreateKeyAsync();

        await xray.RestartAsync(TimeSpan.FromSeconds(secondsLater), allocated);
        await host.CoreIsReadyAsync(times: 2);

        xray.State.Users.Keys.ShouldBe([Email(key)]);
    }

    [Fact]
    public async Task Can_create_keys_while_the_core_is_down()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);

        await xray.GoDownAsync();
        var key = await host.CreateKeyAsync();
        key.AsObject().Count.ShouldBe(6);
        xray.ComeBack();
        await host.CoreIsReadyAsync(times: 2);

        xray.State.Users.Keys.ShouldBe([Email(key)]);
    }

    [Fact]
    public async Task Can_create_keys_while_the_core_is_slow()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);

        xray.Order("HandlerService/AlterInbound", Misbehaviour.Wait);
        var creation = host.CreateKeyAsync();
        // It waits for the core for two seconds of the server's clock.
        await Eventually.IsTrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return creation.IsCompleted;
        });

        var key = await creation;
        xray.State.Users.ShouldBeEmpty();
        xray.Continue();
        await Eventually.IsTrueAsync(() => xray.State.Users.ContainsKey(Email(key)));
    }

    [Fact]
    public async Task Can_say_that_the_inbound_is_not_there()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await VpnHost.StartAsync(
            options: new RunningHostOptions { Time = _clock }.With(CoreSettings.InboundTag, "another"),
            apiPort: xray.Port
        );
        await host.CreateKeyAsync();

        await host.RunAsync<VpnCores>(async cores =>
            await Eventually.IsTrueAsync(async () =>
            {
                await cores.WakeAsync();
                return host.Host.Logs.Any(line => line.Text.Contains("handler not found: another", StringComparison.Ordinal));
            })
        );
    }

    [Fact]
    public async Task Can_do_with_a_version_that_lists_nothing()
    {
        await using var xray = await XrayEmulator.StartAsync(
            "HandlerService/GetInboundUsers",
            "StatsService/GetAllOnlineUsers",
            "StatsService/GetStatsOnlineIpList"
        );
        await using var host = await StartAsync(xray);
        var (kept, deleted) = (await host.CreateKeyAsync(), await host.CreateKeyAsync());

        await xray.GoDownAsync();
        await host.SendAsync(HttpMethod.Delete, $"/api/keys/{deleted["key_id"]}");
        xray.ComeBack();
        await host.CoreIsReadyAsync(times: 2);

        xray.State.Users.Keys.ShouldBe([Email(kept)]);
        xray.AssertNoComplaints();
    }

    [Fact]
    public async Task Can_find_out_what_a_core_is()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var v2ray = await RealCore.StartAsync();
        await using var xrayHost = await StartAsync(xray);
        await using var v2rayHost = await VpnHost.StartAsync(v2ray);
        await v2rayHost.CoreIsReadyAsync();

        (await KindAsync(xrayHost)).ShouldBe("Xray");
        (await KindAsync(v2rayHost)).ShouldBe("V2Ray");
    }

    [Theory]
    [InlineData("of the newest version", new string[0])]
    [InlineData("that cannot say who is there, only from where", new[] { "StatsService/GetAllOnlineUsers" })]
    public async Task Can_block_a_key_that_too_many_addresses_use_and_let_it_in_again(string core, string[] missing)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"A core {core}");
        await using var xray = await XrayEmulator.StartAsync(missing);
        await using var host = await StartAsync(xray);
        await host.CreateKeyAsync("""{"device_limit": 1}""");
        var key = await host.CreateKeyAsync("""{"device_limit": 2}""");
        xray.State.Online[Email(key)] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

        await host.RunAsync<DeviceLimits>(limits => limits.EnforceAsync(TestContext.Current.CancellationToken));
        xray.State.Users.Keys.ShouldNotContain(Email(key));
        var blocked = (await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}?details=true")).Body!;
        ((string)blocked["state"]!).ShouldBe("blocked");
        ((bool)blocked["is_active"]!).ShouldBeFalse();

        xray.State.Online[Email(key)] = ["10.0.0.1", "10.0.0.2"];
        _clock.Advance(TimeSpan.FromMinutes(6));
        await host.RunAsync<KeyWatch>(watch => watch.RunAsync(TestContext.Current.CancellationToken));
        await host.RunAsync<DeviceLimits>(limits => limits.EnforceAsync(TestContext.Current.CancellationToken));
        xray.State.Users.Keys.ShouldContain(Email(key));
        xray.State.Users.Count.ShouldBe(2);
        xray.AssertNoComplaints();
    }

    [Fact]
    public async Task Can_read_the_traffic_of_45000_users_in_one_answer()
    {
        await using var xray = await XrayEmulator.StartAsync();
        await using var host = await StartAsync(xray);
        var key = await host.CreateKeyAsync();

        for (var i = 1; i < 45_000; i++)
            xray.State.Counters[$"user_{i + 1_000_000}_0badcafe"] = (i, i);

        xray.State.Counters[Email(key)] = (11, 22);
        ((bool)(await host.SendAsync(HttpMethod.Post, "/api/traffic/sync")).Body!["success"]!).ShouldBeTrue();

        (await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/traffic")).Body!["total"]!.GetValue<long>().ShouldBe(33);
        host.Host.AssertNoWarningsLogged();
    }

    private async Task<VpnHost> StartAsync(XrayEmulator xray, RunningHostOptions? options = null)
    {
        var mine = new RunningHostOptions { Time = _clock };

        foreach (var (name, value) in options?.Settings ?? new Dictionary<string, string>())
            mine.With(LinkSettings.All.Single(setting => setting.Name == name), value);

        var host = await VpnHost.StartAsync(options: mine, apiPort: xray.Port);
        await host.CoreIsReadyAsync();

        return host;
    }

    /// <summary>Turns the clock until all users were looked at again, and that look has ended: the next one begins only then.</summary>
    private async Task LookAgainAsync(VpnHost host, XrayEmulator xray)
    {
        var cores = host.Host.Services.GetRequiredService<VpnCores>();
        var before = xray.Count("HandlerService/GetInboundUsers");

        await Eventually.IsTrueAsync(async () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await cores.WakeAsync();
            return xray.Count("HandlerService/GetInboundUsers") >= before + 2;
        });
    }

    private static async Task<string?> KindAsync(VpnHost host) =>
        (await host.Host.Services.GetRequiredService<VpnCores>().GetStatusAsync())[0].Status.Kind;

    private static string Email(JsonNode key) => $"user_{key["key_id"]}_{((string)key["uuid"]!)[..8]}";
}
