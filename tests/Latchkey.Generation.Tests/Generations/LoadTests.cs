using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Models;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

/// <summary>
/// Many jobs at the vendor at once, by the real clock, each of which is called back twice: none is lost, none is sent or paid for twice. The
/// figures are printed, not judged; <c>bench/run generation</c> judges them.
/// </summary>
public class LoadTests
{
    private const int AtOnce = 16;

    [Fact]
    public Task Can_have_a_thousand_jobs_in_flight() => RunAsync(1_000);

    [Fact]
    [Trait("Duration", "Long")]
    public Task Can_have_ten_thousand_jobs_in_flight() => RunAsync(10_000);

    private static async Task RunAsync(int jobs)
    {
        using var folder = new TemporaryFolder();
        await using var kie = await Emulator.StartAsync(
            new KieEmulator(TimeProvider.System) { Takes = TimeSpan.FromSeconds(1), Holds = true }
        );
        await using var host = await RunningHost.StartAsync(Options(kie, folder));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = TimeProvider.System.GetTimestamp();

        await ForEachAsync(Enumerable.Range(0, jobs), number => OrderAsync(host, number.ToString(CultureInfo.InvariantCulture)));
        await Eventually.IsTrueAsync(() => Task.FromResult(kie.Tasks.Count >= jobs));
        var flying = TimeProvider.System.GetElapsedTime(began);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / jobs;

        began = TimeProvider.System.GetTimestamp();
        kie.Holds = false;
        await ForEachAsync(kie.Tasks.Values.Concat(kie.Tasks.Values), task => CallBackAsync(kie, host, task));

        // Thirty seconds may be too few for ten thousand; as long as some end, the others are waited for.
        for (var left = jobs; left > 0; )
        {
            var now = left;
            await Eventually.IsTrueAsync(async () => (now = await CountAsync(host, job => job.DueAt != null)) < left);
            left = now;
        }

        var landed = TimeProvider.System.GetElapsedTime(began);
        await CheckAsync(host, kie, jobs);
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{jobs} jobs at the vendor after {flying.TotalSeconds:0.0} s, stored {landed.TotalSeconds:0.0} s after it began to call back; "
                    + $"{memory} bytes a job in flight, the vendor's included"
            )
        );
    }

    private static async Task CheckAsync(RunningHost host, KieEmulator kie, int jobs)
    {
        (await CountAsync(host, job => job.State == JobState.Succeeded)).ShouldBe(jobs);
        kie.Submissions.Select(submission => submission["input"]!["prompt"]!.GetValue<string>()).Distinct().Count().ShouldBe(jobs);
        kie.Submissions.Count.ShouldBe(jobs);

        await using var db = await DbAsync(host);
        var money = await db.Ledger.Select(entry => new { entry.JobId, entry.Kind }).ToListAsync();
        money.Count(entry => entry.Kind == EntryKind.Reserve).ShouldBe(jobs);
        money.Count(entry => entry.Kind == EntryKind.Settle).ShouldBe(jobs);
        money.Count.ShouldBe(2 * jobs);
        money.DistinctBy(entry => entry.JobId).Count().ShouldBe(jobs);
        (await db.Usage.SumAsync(day => day.Succeeded)).ShouldBe(jobs);
    }

    private static async Task OrderAsync(RunningHost host, string prompt)
    {
        using var answer = await host.Client.PostAsJsonAsync("/api/generate/photo", new { model = "z-image", prompt });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task CallBackAsync(KieEmulator kie, RunningHost host, EmulatedTask task)
    {
        task.CallbackUrl = new Uri(host.Address, new Uri(task.CallbackUrl!).PathAndQuery).AbsoluteUri;
        (await kie.CallBackAsync(task)).ShouldBe(200);
    }

    private static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) => await act(item));

    private static RunningHostOptions Options(KieEmulator kie, TemporaryFolder folder)
    {
        var catalogue = JsonNode.Parse(ModelCatalogue.BuiltIn())!;
        catalogue["providers"]!["kie"] = new JsonObject
        {
            ["submits"] = 100_000,
            ["perSeconds"] = 1,
            ["concurrent"] = 100_000,
        };
        var path = folder.File("catalogue.json");
        File.WriteAllText(path, catalogue.ToJsonString());

        return new RunningHostOptions()
            .With(PlatformSettings.Modules, "generation")
            .With(PlatformSettings.OutboundAllow, "127.0.0.1")
            .With(GenerationSettings.CatalogueFile, path)
            .With(GenerationSettings.KieKey, Emulator.GoodKey)
            .With(GenerationSettings.KieUrl, kie.Address)
            .With(GenerationSettings.CallbackUrl, "http://127.0.0.1");
    }

    private static async Task<int> CountAsync(RunningHost host, System.Linq.Expressions.Expression<Func<GenerationJob, bool>> which)
    {
        await using var db = await DbAsync(host);
        return await db.Jobs.CountAsync(which);
    }

    private static Task<GenerationDb> DbAsync(RunningHost host) =>
        host.Services.GetRequiredService<IDbContextFactory<GenerationDb>>().CreateDbContextAsync();
}
