using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Tests.Running;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

/// <summary>Keys on a real V2Ray, used by a second V2Ray as their users do.</summary>
public class LiveKeyTests
{
    private const int Download = 3_000_000;
    private const int Upload = 400_000;

    [Fact]
    public async Task Can_send_real_traffic_both_ways_and_count_it()
    {
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        await using var host = await VpnHost.StartAsync(core);
        await host.CoreIsReadyAsync();
        var key = await host.CreateKeyAsync("""{"name": "phone"}""");
        await using var client = await ClientCore.StartAsync(core, (string)key["uuid"]!);
        using var http = client.CreateHttp();

        (await http.GetByteArrayAsync(origin.Bytes(Download))).Length.ShouldBe(Download);
        (await (await http.PostAsync(origin.Length, new ByteArrayContent(new byte[Upload]))).Content.ReadAsStringAsync()).ShouldBe(
            Upload.ToString(CultureInfo.InvariantCulture)
        );

        JsonNode? traffic = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                traffic = (await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/traffic")).Body!;
                return (long)traffic["download"]! >= Download && (long)traffic["upload"]! >= Upload;
            },
            "the traffic is not counted"
        );
        ((long)traffic!["download"]!).ShouldBeLessThan((long)(Download * 1.02));
        ((long)traffic["upload"]!).ShouldBeLessThan((long)(Upload * 1.02));
        ((long)traffic["total"]!).ShouldBe((long)traffic["upload"]! + (long)traffic["download"]!);
        host.Host.AssertNoWarningsLogged();
    }

    [Fact]
    public async Task Cannot_connect_with_a_deleted_or_paused_key()
    {
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        await using var host = await VpnHost.StartAsync(core);
        await host.CoreIsReadyAsync();
        var (kept, deleted) = (await host.CreateKeyAsync(), await host.CreateKeyAsync());
        var uuid = (string)kept["uuid"]!;

        (await VlessClient.IsLetInAsync(core, (string)deleted["uuid"]!, origin)).ShouldBeTrue();
        (await host.SendAsync(HttpMethod.Delete, $"/api/keys/{deleted["key_id"]}")).Status.ShouldBe(200);
        (await VlessClient.IsLetInAsync(core, (string)deleted["uuid"]!, origin)).ShouldBeFalse();

        (await VlessClient.IsLetInAsync(core, uuid, origin)).ShouldBeTrue();
        await ChangeAsync(host, kept, """{"is_active": false}""");
        (await VlessClient.IsLetInAsync(core, uuid, origin)).ShouldBeFalse();
        await ChangeAsync(host, kept, """{"is_active": true}""");
        (await VlessClient.IsLetInAsync(core, uuid, origin)).ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_connect_after_the_expiry_or_above_the_limit()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        await using var host = await VpnHost.StartAsync(core, new RunningHostOptions { Time = clock });
        await host.CoreIsReadyAsync();
        var expiring = await host.CreateKeyAsync("""{"expires_at": "2027-01-02T00:00:00Z"}""");
        var limited = await host.CreateKeyAsync("""{"data_limit": 200000}""");
        var (expiringUuid, limitedUuid) = ((string)expiring["uuid"]!, (string)limited["uuid"]!);

        (await VlessClient.IsLetInAsync(core, expiringUuid, origin)).ShouldBeTrue();
        (await VlessClient.AskAsync(core.InboundPort, limitedUuid, origin.Port, Request(300_000)))!.Length.ShouldBeGreaterThan(300_000);

        clock.AdjustTime(clock.GetUtcNow() + TimeSpan.FromDays(2));
        (await host.SendAsync(HttpMethod.Post, "/api/traffic/sync")).Status.ShouldBe(200);
        await host.RunAsync<KeyWatch>(watch => watch.RunAsync(TestContext.Current.CancellationToken));

        (await VlessClient.IsLetInAsync(core, expiringUuid, origin)).ShouldBeFalse();
        (await VlessClient.IsLetInAsync(core, limitedUuid, origin)).ShouldBeFalse();

        await ChangeAsync(host, expiring, """{"expires_at": null}""");
        (await host.SendAsync(HttpMethod.Post, $"/api/keys/{limited["key_id"]}/traffic/reset")).Status.ShouldBe(200);

        (await VlessClient.IsLetInAsync(core, expiringUuid, origin)).ShouldBeTrue();
        (await VlessClient.IsLetInAsync(core, limitedUuid, origin)).ShouldBeTrue();
    }

    [Fact]
    public async Task Can_find_all_keys_in_the_file_that_the_core_starts_with()
    {
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        var folder = new TemporaryFolder();
        JsonNode kept;
        JsonNode deleted;

        await using (var host = await VpnHost.StartAsync(core, new RunningHostOptions { DataPath = folder.Path }))
        {
            await host.CoreIsReadyAsync();
            (kept, deleted) = (await host.CreateKeyAsync(), await host.CreateKeyAsync());
            await Eventually.IsTrueAsync(() => core.UsersInFile().Count == 2, "the file does not get the users");
            // The file is not written again before the end.
            await host.SendAsync(HttpMethod.Delete, $"/api/keys/{deleted["key_id"]}");
        }

        await core.KillAsync();
        await core.StartAgainAsync();
        (await VlessClient.IsLetInAsync(core, (string)kept["uuid"]!, origin)).ShouldBeTrue("the file knows it");

        await using (var host = await VpnHost.StartAsync(core, new RunningHostOptions { DataPath = folder.Path }))
        {
            await host.CoreIsReadyAsync();
            (await VlessClient.IsLetInAsync(core, (string)kept["uuid"]!, origin)).ShouldBeTrue();
            (await VlessClient.IsLetInAsync(core, (string)deleted["uuid"]!, origin)).ShouldBeFalse("it does not come back");
            await Eventually.IsTrueAsync(() => core.UsersInFile().SequenceEqual([(string)kept["uuid"]!]), "the file keeps the deleted one");
        }

        folder.Dispose();
    }

    private static byte[] Request(int bytes) =>
        System.Text.Encoding.ASCII.GetBytes($"GET /bytes/{bytes} HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n");

    private static async Task ChangeAsync(VpnHost host, JsonNode key, string body) =>
        (await host.SendAsync(HttpMethod.Patch, $"/api/keys/{key["key_id"]}", body)).Status.ShouldBe(200);
}
