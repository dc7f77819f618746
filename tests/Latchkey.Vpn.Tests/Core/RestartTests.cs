using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

/// <summary>Deaths of a real V2Ray and restarts of Latchkey: no key stays out, no byte is forgotten or counted twice.</summary>
public class RestartTests : IAsyncLifetime
{
    // What tells two starts of a core apart by the clock on the wall.
    private static readonly TimeSpan OldEnough = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private RealCore _core = null!;
    private Origin _origin = null!;
    private VpnHost _host = null!;
    private JsonNode _key = null!;

    public async ValueTask InitializeAsync()
    {
        _core = await RealCore.StartAsync();
        _origin = await Origin.StartAsync();
        await StartHostAsync();
        _key = await _host.CreateKeyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _origin.DisposeAsync();
        await _core.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Can_use_keys_again_after_the_death_of_the_core_and_count_on()
    {
        await UseAsync(700_000);
        await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync");
        var before = await CountedAsync();
        (await TrafficAsync()).ShouldBe(before);

        await CoreIsOldEnoughAsync();
        await _core.KillAsync();
        (await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync"))
            .Body!.ToJsonString()
            .ShouldBe(
                """{"success":false,"message":"Synced 0 keys, 1 errors: the core does not answer, and nothing was changed","updated":0,"errors":1}"""
            );
        (await TrafficAsync()).ShouldBe(before);
        _core.EmptyFile();
        await _core.StartAgainAsync();
        await _host.CoreIsReadyAsync(times: 2);

        await UseAsync(300_000);
        await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync");
        (await TrafficAsync()).ShouldBe(Sum(before, await CountedAsync()));
    }

    [Fact]
    public async Task Can_keep_a_reset_through_a_restart_of_either()
    {
        await UseAsync(500_000);
        var reset = (await _host.SendAsync(HttpMethod.Post, $"/api/keys/{_key["key_id"]}/traffic/reset")).Body!;
        var old = await CountedAsync();
        ((long)reset["previous_upload"]!, (long)reset["previous_download"]!).ShouldBe(old);

        await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync");
        (await TrafficAsync()).ShouldBe((0, 0), "what was reset does not come back");

        // While Latchkey is away, the core goes on counting.
        await _host.DisposeAsync();
        await UseAsync(100_000);
        await StartHostAsync();
        await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync");
        var counted = await CountedAsync();
        var since = (counted.Upload - old.Upload, counted.Download - old.Download);
        (await TrafficAsync()).ShouldBe(since);

        // While Latchkey is away, the core dies and starts anew.
        await CoreIsOldEnoughAsync();
        await Eventually.IsTrueAsync(() => _core.UsersInFile().Count == 1, "the file does not get the user");
        await _host.DisposeAsync();
        await _core.KillAsync();
        await _core.StartAgainAsync();
        await UseAsync(900_000);
        await StartHostAsync();
        await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync");
        (await TrafficAsync()).ShouldBe(Sum(since, await CountedAsync()));
    }

    private async Task StartHostAsync()
    {
        _host = await VpnHost.StartAsync(_core, new RunningHostOptions { DataPath = _folder.Path });
        await _host.CoreIsReadyAsync();
    }

    private async Task UseAsync(int bytes)
    {
        var request = System.Text.Encoding.ASCII.GetBytes($"GET /bytes/{bytes} HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n");
        var answer = await VlessClient.AskAsync(_core.InboundPort, (string)_key["uuid"]!, _origin.Port, request);

        answer.ShouldNotBeNull("the core does not let the key in").Length.ShouldBeGreaterThan(bytes);
    }

    /// <summary>What the core itself says, once it has counted all.</summary>
    private async Task<(long Upload, long Download)> CountedAsync() =>
        await WithCoreAsync(async core =>
        {
            var counters = await core.ReadTrafficAsync($"user_{_key["key_id"]}_{((string)_key["uuid"]!)[..8]}", CancellationToken.None);
            return (counters!.Value.Upload, counters.Value.Download);
        });

    private async Task<(long Upload, long Download)> TrafficAsync()
    {
        var traffic = (await _host.SendAsync(HttpMethod.Get, $"/api/keys/{_key["key_id"]}/traffic")).Body!;

        return ((long)traffic["upload"]!, (long)traffic["download"]!);
    }

    private Task CoreIsOldEnoughAsync() =>
        WithCoreAsync(async core =>
        {
            await Eventually.IsTrueAsync(async () => (await core.ReadVitalsAsync(CancellationToken.None)).Uptime >= OldEnough);
            return true;
        });

    private async Task<T> WithCoreAsync<T>(Func<CoreClient, Task<T>> use)
    {
        using var core = await CoreClient.ConnectAsync(
            new CoreAddress($"127.0.0.1:{_core.ApiPort}"),
            CoreKind.V2Ray,
            "vless-reality",
            CancellationToken.None
        );

        return await use(core);
    }

    private static (long Upload, long Download) Sum((long Upload, long Download) one, (long Upload, long Download) other) =>
        (one.Upload + other.Upload, one.Download + other.Download);
}
