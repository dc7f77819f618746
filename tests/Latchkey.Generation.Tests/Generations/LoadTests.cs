using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

/// <summary>Many jobs at once, by the real clock: none is lost, none is sent twice. The figures are printed, not judged.</summary>
public class LoadTests
{
    private const int OrderingAtOnce = 16;

    [Fact]
    public Task Can_have_a_thousand_jobs_in_flight() => RunAsync(1_000);

    [Fact]
    [Trait("Duration", "Long")]
    public Task Can_have_ten_thousand_jobs_in_flight() => RunAsync(10_000);

    private static async Task RunAsync(int jobs)
    {
        using var folder = new TemporaryFolder();
        await using var kie = await Emulator.StartAsync(new KieEmulator(TimeProvider.System) { Takes = TimeSpan.FromSeconds(4) });
        await using var host = await RunningHost.StartAsync(Options(kie, folder));
        var ordered = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = TimeProvider.System.GetTimestamp();

        await Parallel.ForAsync(
            0,
            jobs,
            new ParallelOptions { MaxDegreeOfParallelism = OrderingAtOnce },
            async (number, cancellation) =>
            {
                var prompt = number.ToString(CultureInfo.InvariantCulture);
                using var answer = await host.Client.PostAsJsonAsync(
                    "/api/generate/photo",
                    new { model = "z-image", prompt },
                    cancellation
                );
                answer.EnsureSuccessStatusCode();
                ordered[prompt] = TimeProvider.System.GetUtcNow();
            }
        );
        var orderedIn = TimeProvider.System.GetElapsedTime(began);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / jobs;

        // Thirty seconds may be too few for ten thousand; as long as some end, the others are waited for.
        for (var left = jobs; left > 0; )
        {
            var now = left;
            await Eventually.IsTrueAsync(async () => (now = await CountAsync(host, job => job.DueAt != null)) < left);
            left = now;
        }

        (await CountAsync(host, job => job.State == JobState.Succeeded)).ShouldBe(jobs);
        kie.Submissions.GroupBy(submission => submission["input"]!["prompt"]!.GetValue<string>()).ShouldAllBe(sent => sent.Count() == 1);
        kie.Submissions.Count.ShouldBe(jobs);

        var waits = kie
            .Tasks.Values.Select(task => (task.At - ordered[task.Submission["input"]!["prompt"]!.GetValue<string>()]).TotalMilliseconds)
            .Order()
            .ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{jobs} ordered in {orderedIn.TotalSeconds:0.0} s, all stored after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s; "
                    + $"answer to submission p50 {waits[jobs / 2]:0} ms, p99 {waits[jobs * 99 / 100]:0} ms; {memory} bytes a job in flight"
            )
        );
    }

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
            .With(GenerationSettings.KieUrl, kie.Address);
    }

    private static async Task<int> CountAsync(RunningHost host, System.Linq.Expressions.Expression<Func<GenerationJob, bool>> which)
    {
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<GenerationDb>>().CreateDbContextAsync();
        return await db.Jobs.CountAsync(which);
    }
}
