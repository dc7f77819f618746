using System.Diagnostics;
using System.Globalization;
using Latchkey.Testing;
using Latchkey.Vpn;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Latchkey.Bench.Vpn;

/// <summary>VPN keys on a real V2Ray, beside the core's own gRPC calls. The server runs in this process, so that its parts can be timed alone.</summary>
internal static class VpnRows
{
    private const int Creations = 2000;
    private const int WarmingUp = 200;
    private const int Rounds = 5;
    private const int AtOnce = 64;
    private const double GrownPart = 0.1;

    public static IEnumerable<(string Name, Func<Task<IReadOnlyList<(string Part, Finding Finding)>>> Row)> All(bool full)
    {
        var count = full ? 100_000 : 10_000;

        yield return ("VPN, create a key", CreateAsync);
        yield return ("VPN, GET /api/keys/{id}", GetAsync);
        yield return ("VPN, full reconcile", () => ReconcileAsync(count));
        yield return ("VPN, one traffic sync", () => SyncAsync(count));
    }

    /// <summary>Through HTTP, beside one AddUser; in turns, on the same core.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> CreateAsync()
    {
        await using var core = await RealCore.StartAsync();
        await using var host = await StartAsync(core);
        using var raw = new RawCore(core);
        using var client = KeepAliveClient(host);
        var (ours, theirs) = (new List<double>(), new List<double>());

        for (var i = 0; i < Creations + WarmingUp; i++)
        {
            theirs.Add(await TimeAsync(() => raw.AddUserAsync($"raw_{i}", Guid.NewGuid().ToString())));
            ours.Add(
                await TimeAsync(async () =>
                {
                    using var answer = await client.PostAsync("/api/keys", new StringContent("{}"));
                    answer.EnsureSuccessStatusCode();
                })
            );
        }

        return [("p50", At(0.5)), ("p99", At(0.99))];

        Finding At(double part)
        {
            var (mine, other) = (Percentile(ours, part), Percentile(theirs, part));

            return new Finding(Milliseconds(mine), "one AddUser", Milliseconds(other), mine / other, "–", IsReached: true);
        }
    }

    private static async Task<IReadOnlyList<(string, Finding)>> GetAsync()
    {
        await using var core = await RealCore.StartAsync();
        await using var host = await StartAsync(core);
        await using var empty = await StartEmptyAsync();
        await FillAsync(host, 10_000);
        var (ours, theirs) = (new List<double>(), new List<double>());

        // The first one warms both sides up.
        for (var round = 0; round <= Rounds; round++)
        {
            theirs.Add(await Wrk.RequestsPerSecondAsync(new Uri(empty.Urls.First())));
            ours.Add(
                await Wrk.RequestsPerSecondAsync(new Uri(host.Host.Address, "/api/keys/777"), $"Authorization: Bearer {VpnHost.Secret}")
            );
        }

        return [("", Finding.Rates(ours[1..], theirs[1..], "requests/s", "an empty Kestrel endpoint", 0.5))];
    }

    /// <summary>All keys into a core that has just started with none.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> ReconcileAsync(int count)
    {
        await using var core = await RealCore.StartAsync();
        await using var host = await StartAsync(core);
        await FillAsync(host, count);
        var databases = host.Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>();
        var node = host.Host.Services.GetRequiredService<VpnNodes>().First;
        var (ours, theirs) = (new List<double>(), new List<double>());

        for (var round = 0; round <= Rounds; round++)
        {
            // A core of its own for each, that nobody else looks after.
            await using var first = await RealCore.StartAsync();
            using var raw = new RawCore(first);
            await raw.QueryStatsAsync();
            theirs.Add(await TimeAsync(() => AddAllAsync(raw, count)));

            await using var second = await RealCore.StartAsync();
            using var client = await CoreClient.ConnectAsync(
                new CoreAddress($"127.0.0.1:{second.ApiPort}"),
                CoreKind.V2Ray,
                node.Inbound,
                CancellationToken.None
            );
            var reconciler = new UserReconciler(node, databases, TimeProvider.System);
            ours.Add(await TimeAsync(() => reconciler.ApplyAllAsync(client, CancellationToken.None)));

            if (reconciler.Count != count)
                throw new InvalidOperationException($"{reconciler.Count} users of {count}.");
        }

        return [(Keys(count), Finding.Times(ours[1..], theirs[1..], $"AddUser alone, {AtOnce} at once", 1.5))];
    }

    /// <summary>One reading of all counters, of which some have grown.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> SyncAsync(int count)
    {
        await using var core = await RealCore.StartAsync();
        await using var origin = await Origin.StartAsync();
        await using var host = await StartAsync(core);
        await host.CoreIsReadyAsync();
        var keys = await FillAsync(host, count);
        // Its next start is what makes all keys be added.
        await core.KillAsync();
        await core.StartAgainAsync();
        await host.CoreIsReadyAsync(times: 2);
        using var raw = new RawCore(core);
        var cores = host.Host.Services.GetRequiredService<VpnCores>();
        await UseAsync(core, origin, keys);
        await cores.SyncTrafficAsync();
        var (ours, theirs) = (new List<double>(), new List<double>());

        for (var round = 0; round <= Rounds; round++)
        {
            await UseAsync(core, origin, keys.Take((int)(count * GrownPart)));
            theirs.Add(await TimeAsync(raw.QueryStatsAsync));
            ours.Add(
                await TimeAsync(async () =>
                {
                    if (await cores.SyncTrafficAsync() is { } failure)
                        throw new InvalidOperationException(failure);
                })
            );
        }

        return [(Keys(count), Finding.Times(ours[1..], theirs[1..], "QueryStats alone", 1.5))];
    }

    private static Task<VpnHost> StartAsync(RealCore core) =>
        VpnHost.StartAsync(
            core,
            // The rounds of the timetable do not read traffic behind the row's back.
            new RunningHostOptions()
                .With(CoreSettings.TrafficSeconds, "3600")
                .With(CoreSettings.WritesUsers, "false")
        );

    /// <summary>Puts keys into the table.</summary>
    /// <returns>Their UUIDs.</returns>
    private static async Task<IReadOnlyList<string>> FillAsync(VpnHost host, int count)
    {
        await using var db = await host.Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>().CreateDbContextAsync();
        var keys = Enumerable
            .Range(0, count)
            .Select(_ => VpnKey.Create(KeyTerms.None, "7bb45050", TimeProvider.System.GetUtcNow()))
            .ToList();
        db.Keys.AddRange(keys);
        await db.SaveChangesAsync();

        return keys.ConvertAll(key => key.Uuid);
    }

    private static Task AddAllAsync(RawCore raw, int count) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count).Select(number => (Email: $"user_{number}_0badcafe", Uuid: Guid.NewGuid().ToString())).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (user, _) => await raw.AddUserAsync(user.Email, user.Uuid)
        );

    private static Task UseAsync(RealCore core, Origin origin, IEnumerable<string> uuids) =>
        Parallel.ForEachAsync(
            uuids,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (uuid, _) =>
            {
                if (!await VlessClient.IsLetInAsync(core, uuid, origin))
                    throw new InvalidOperationException($"{uuid} is not let in.");
            }
        );

    private static HttpClient KeepAliveClient(VpnHost host)
    {
        var client = new HttpClient { BaseAddress = host.Host.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", VpnHost.Secret);

        return client;
    }

    private static async Task<WebApplication> StartEmptyAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var empty = builder.Build();
        empty.MapGet("/", () => "");
        await empty.StartAsync();

        return empty;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var began = Stopwatch.GetTimestamp();
        await work();

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static double Percentile(List<double> values, double part)
    {
        var sorted = values.Skip(WarmingUp).Order().ToList();

        return sorted[(int)((sorted.Count - 1) * part)];
    }

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.00} ms");

    private static string Keys(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} keys");
}
