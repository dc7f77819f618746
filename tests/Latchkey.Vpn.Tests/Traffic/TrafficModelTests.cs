using CsCheck;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Tests.Running.Xray;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Traffic;

/// <summary>
/// Any order of traffic, reading, reset, and restarts of either side ends with exactly the bytes that were used: only what a core counted
/// after it was last read may go down with it.
/// </summary>
public sealed class TrafficModelTests : IAsyncLifetime
{
    private const int Keys = 3;
    private const int Rounds = 60;

    private XrayEmulator _xray = null!;
    private VpnHost _host = null!;

    private static Gen<Step> Steps =>
        Gen.Frequency(
            (
                5,
                Gen.Select(
                    Gen.Int[0, Keys - 1],
                    Gen.Long[0, 1_000_000],
                    Gen.Long[0, 1_000_000],
                    (key, up, down) => (Step)new Use(key, up, down)
                )
            ),
            (3, Gen.Const((Step)new ReadAll())),
            (2, Gen.Int[0, Keys - 1].Select(key => (Step)new ReadOne(key))),
            (1, Gen.Int[0, Keys - 1].Select(key => (Step)new Reset(key))),
            (1, Gen.Const((Step)new RestartCore())),
            (1, Gen.Const((Step)new RestartLatchkey()))
        );

    public async ValueTask InitializeAsync()
    {
        _xray = await XrayEmulator.StartAsync();
        _host = await VpnHost.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _xray.DisposeAsync();
    }

    [Fact]
    public async Task Can_count_every_byte_once_in_any_order_of_events() =>
        await Steps.Array[1, 30].SampleAsync(async steps => (await RunAsync(steps)).ShouldBeNull(), iter: Rounds, threads: 1);

    private async Task<string?> RunAsync(Step[] steps)
    {
        var keys = new List<VpnKey>();
        await using var db = await Databases.CreateDbContextAsync();

        for (var i = 0; i < Keys; i++)
            keys.Add(VpnKey.Create(KeyTerms.None, "7bb45050", TimeProvider.System.GetUtcNow()));

        db.Keys.AddRange(keys);
        await db.SaveChangesAsync();

        var (read, unread) = (new (long Up, long Down)[Keys], new (long Up, long Down)[Keys]);
        var side = StartLatchkey();
        // One key alone is only read of a run of the core that this process has read as a whole.
        var isKnown = false;

        foreach (var step in steps)
        {
            switch (step)
            {
                case Use(var key, var up, var down):
                    _xray.State.Counters.AddOrUpdate(keys[key].Email, (up, down), (_, old) => (old.Upload + up, old.Download + down));
                    unread[key] = (unread[key].Up + up, unread[key].Down + down);
                    break;
                case ReadAll:
                    await AskAsync(() => side.Traffic.ReadAllAsync(CancellationToken.None));
                    TakeAll();
                    break;
                case ReadOne(var key):
                    await AskAsync(() => side.Connection.CheckAsync(CancellationToken.None));
                    await AskAsync(() =>
                        side.Traffic.RefreshAsync(keys[key].Id, keys[key].Email, toTheLastByte: false, CancellationToken.None)
                    );

                    if (isKnown)
                        Take(key);
                    else
                        TakeAll();
                    break;
                case Reset(var key):
                    await _host.RunAsync<TrafficReset>(reset => reset.ResetAsync(keys[key].Id, CancellationToken.None));
                    read[key] = (0, 0);
                    break;
                case RestartCore:
                    await _xray.RestartAsync();
                    Array.Clear(unread);
                    isKnown = false;
                    break;
                case RestartLatchkey:
                    side.Traffic.Dispose();
                    side.Connection.Dispose();
                    side = StartLatchkey();
                    isKnown = false;
                    break;
            }

            if (await DifferenceAsync(keys, read) is { } difference)
                return $"after {step}: {difference}";
        }

        return null;

        void TakeAll()
        {
            for (var key = 0; key < Keys; key++)
                Take(key);

            isKnown = true;
        }

        void Take(int key)
        {
            read[key] = (read[key].Up + unread[key].Up, read[key].Down + unread[key].Down);
            unread[key] = (0, 0);
        }
    }

    /// <summary>As the rounds do: a connection that broke is made again the next time.</summary>
    private static Task AskAsync(Func<Task> ask) =>
        Eventually.IsTrueAsync(async () =>
        {
            try
            {
                await ask();
                return true;
            }
            catch (CoreException)
            {
                return false;
            }
        });

    private async Task<string?> DifferenceAsync(List<VpnKey> keys, (long Up, long Down)[] expected)
    {
        await using var db = await Databases.CreateDbContextAsync();

        for (var i = 0; i < Keys; i++)
        {
            var row = await db.Traffic.AsNoTracking().SingleAsync(traffic => traffic.KeyId == keys[i].Id);

            if ((row.Upload, row.Download) != expected[i])
                return $"key {i} has {(row.Upload, row.Download)} and should have {expected[i]}";
        }

        return null;
    }

    /// <summary>What one process of Latchkey knows, from its start to its end.</summary>
    private (CoreConnection Connection, NodeTraffic Traffic) StartLatchkey()
    {
        var node = _host.Host.Services.GetRequiredService<VpnNodes>().First with
        {
            Name = "modelled",
            Api = new CoreAddress($"127.0.0.1:{_xray.Port}"),
        };
        var connection = new CoreConnection(node, Databases);

        return (
            connection,
            new NodeTraffic(
                node,
                connection,
                Databases,
                _host.Host.Services.GetRequiredService<TrafficWriter>(),
                new CoreSchedule(TimeSpan.FromSeconds(10)),
                new NeverFresh()
            )
        );
    }

    private IDbContextFactory<VpnDb> Databases => _host.Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>();

    private abstract record Step;

    private sealed record Use(int Key, long Upload, long Download) : Step;

    private sealed record ReadAll : Step;

    private sealed record ReadOne(int Key) : Step;

    private sealed record Reset(int Key) : Step;

    private sealed record RestartCore : Step;

    private sealed record RestartLatchkey : Step;

    /// <summary>A clock by which every reading is old already.</summary>
    private sealed class NeverFresh : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromMinutes(1);
    }
}
