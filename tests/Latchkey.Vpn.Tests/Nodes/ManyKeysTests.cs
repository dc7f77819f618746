using System.Diagnostics;
using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Tests.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Nodes;

public class ManyKeysTests
{
    private const int Count = 10_000;
    private const int AtOnce = 32;

    [Fact]
    public async Task Can_give_a_core_that_starts_ten_thousand_users_and_count_for_each()
    {
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        await using var host = await VpnHost.StartAsync(core, new RunningHostOptions().With(CoreSettings.WritesUsers, "false"));
        await host.CoreIsReadyAsync();
        var keys = await FillAsync(host);

        await core.KillAsync();
        await core.StartAgainAsync();
        await TimeAsync("all users back", () => host.CoreIsReadyAsync(times: 2));
        await TimeAsync("each used once", () => UseAllAsync(core, origin, keys));
        await TimeAsync("traffic read", () => host.SendAsync(HttpMethod.Post, "/api/traffic/sync"));

        await using var db = await Databases(host).CreateDbContextAsync();
        (await db.Traffic.CountAsync(traffic => traffic.Upload > 0 && traffic.Download > 0)).ShouldBe(Count);
        JsonNode? list = null;
        await TimeAsync("listed", async () => list = (await host.SendAsync(HttpMethod.Get, "/api/keys")).Body);
        list!["keys"]!.AsArray().Select(key => (string)key!["uuid"]!).ShouldBe(keys);
    }

    private static async Task<List<string>> FillAsync(VpnHost host)
    {
        await using var db = await Databases(host).CreateDbContextAsync();
        var now = TimeProvider.System.GetUtcNow();
        var keys = Enumerable.Range(0, Count).Select(_ => VpnKey.Create(KeyTerms.None, "7bb45050", now)).ToList();
        db.Keys.AddRange(keys);
        await db.SaveChangesAsync();

        return [.. keys.OrderBy(key => key.Id).Select(key => key.Uuid)];
    }

    private static Task UseAllAsync(RealCore core, Origin origin, IEnumerable<string> uuids) =>
        Parallel.ForEachAsync(
            uuids,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (uuid, _) => (await VlessClient.IsLetInAsync(core, uuid, origin)).ShouldBeTrue(uuid)
        );

    private static async Task TimeAsync(string what, Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count} keys, {what}: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
    }

    private static IDbContextFactory<VpnDb> Databases(VpnHost host) => host.Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>();
}
