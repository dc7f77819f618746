using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Deaths;

/// <summary>
/// The process dies while it orders, sends, asks and fetches: every job ends, none is sent twice, and money was taken for what is there.
/// </summary>
public class GenerationKillTests
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromMinutes(3);

    [Fact]
    public Task Can_be_killed_with_a_hundred_jobs_in_flight() => LiveThroughKillsAsync(jobs: 100, kills: 4);

    [Fact]
    public async Task Can_be_killed_while_it_tells_Supabase_and_tells_it_everything()
    {
        await using var project = await Emulator.StartAsync(new SupabaseEmulator(TimeProvider.System));
        await LiveThroughKillsAsync(jobs: 30, kills: 2, project);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public Task Can_be_killed_many_times_with_five_hundred_jobs_in_flight() => LiveThroughKillsAsync(jobs: 500, kills: 15);

    private static async Task LiveThroughKillsAsync(int jobs, int kills, SupabaseEmulator? project = null)
    {
        var moments = Moments();
        using var folder = new Latchkey.Testing.TemporaryFolder();
        await using var kie = await Emulator.StartAsync(new KieEmulator(TimeProvider.System) { Takes = TimeSpan.FromSeconds(2) });
        var settings = new Dictionary<string, string>
        {
            ["LATCHKEY_MODULES"] = "generation",
            ["KIE_API_KEY"] = Emulator.GoodKey,
            ["NEXT_PUBLIC_KIE_API_URL"] = kie.Address,
            ["KIE_UPLOAD_BASE_URL"] = kie.Address,
            ["GENERATION_CATALOGUE"] = WithoutLimits(folder),
            ["KIE_CALLBACK_URL"] = "http://127.0.0.1",
        };

        if (project is not null)
            (settings["SUPABASE_URL"], settings["SUPABASE_SERVICE_ROLE_KEY"]) = (project.Address, SupabaseEmulator.ServiceKey);

        await using var server = await Server.StartAsync(settings);
        using var calling = new CancellationTokenSource();
        var callbacks = CallBackAsync(kie, server, calling.Token);
        var acknowledged = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var ordering = Task.Run(() => OrderAsync(server, jobs, acknowledged));

        for (var kill = 0; kill < kills; kill++)
        {
            // Each death finds some jobs ordered since the one before.
            var some = jobs * (kill + 1) / (kills + 1);
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count >= some), LongestEnd, () => server.Output);
            await PassAsync(moments.Next(1, 1500));
            await server.KillAsync();
            await server.StartAgainAsync();
        }

        // Then Supabase is away as well, until every job has ended.
        if (project is not null)
            project.StorageIsAway = project.RowsAreAway = true;

        await ordering;
        var ended = new Dictionary<string, JsonNode>(StringComparer.Ordinal);

        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var jobId in acknowledged.Values.Where(id => !ended.ContainsKey(id)).ToList())
                {
                    var job = JsonNode.Parse(await server.Client.GetStringAsync("/api/jobs/" + jobId))!;

                    var prompt = acknowledged.Single(order => order.Value == jobId).Key;

                    // Died between its row and its first byte: nobody can know, so it is looked for and not sent. It ends by time alone.
                    if (job["status"]!.GetValue<string>() is "completed" or "failed" || IsUnknownToBoth(job, prompt))
                        ended[jobId] = job;
                }

                return ended.Count == jobs;
            },
            LongestEnd,
            () => $"{ended.Count} of {jobs} ended.\n{server.Output}"
        );

        if (project is not null)
        {
            await server.KillAsync();
            await server.StartAgainAsync();
            project.StorageIsAway = project.RowsAreAway = false;
            await EverythingToldAsync(project, ended, server);
        }

        await calling.CancelAsync();
        await callbacks;
        kie.Complaints.ShouldBeEmpty();

        foreach (var sent in kie.Submissions.GroupBy(submission => submission["input"]!["prompt"]!.GetValue<string>()))
            sent.Count().ShouldBe(1, $"{sent.Key} was sent {sent.Count()} times");

        var delivered = ended.Values.Where(job => job["status"]!.GetValue<string>() != "processing").ToList();
        delivered.Count.ShouldBeGreaterThanOrEqualTo(jobs - kills);

        foreach (var job in delivered)
        {
            job["status"]!.GetValue<string>().ShouldBe("completed", job.ToJsonString());
            using var file = await server.Client.GetAsync(job["results"]![0]!["url"]!.GetValue<string>());
            file.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        // Each is paid for once.
        var usage = JsonNode.Parse(await server.Client.GetStringAsync("/api/usage"))!["days"]!.AsArray();
        usage.Sum(day => day!["credits"]!.GetValue<int>()).ShouldBe(delivered.Count);

        bool IsUnknownToBoth(JsonNode job, string prompt) =>
            job["status"]!.GetValue<string>() == "processing"
            && ordering.IsCompleted
            && kie.Submissions.All(submission => submission["input"]!["prompt"]!.GetValue<string>() != prompt);
    }

    private static Task EverythingToldAsync(SupabaseEmulator project, Dictionary<string, JsonNode> ended, Server server) =>
        Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    ended.All(job =>
                        project.Rows.TryGetValue(job.Key, out var row)
                        && row["status"]!.GetValue<string>() is var status
                        && (
                            job.Value["status"]!.GetValue<string>() == "completed"
                                ? status == "success" && project.Files.ContainsKey(row["original_path"]?.GetValue<string>() ?? "")
                                : status == "processing"
                        )
                    )
                ),
            LongestEnd,
            () => $"{project.Rows.Count} rows, {project.Files.Count} files.\n{server.Output}"
        );

    /// <summary>Each order until it is acknowledged, under a key of its own, as a careful client does.</summary>
    private static async Task OrderAsync(Server server, int jobs, ConcurrentDictionary<string, string> acknowledged)
    {
        for (var number = 0; number < jobs; number++)
        {
            var key = $"order-{number}";

            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate/photo")
                        {
                            Content = JsonContent.Create(new { model = "z-image", prompt = key }),
                        };
                        request.Headers.Add("Idempotency-Key", key);
                        using var answer = await server.Client.SendAsync(request);
                        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                        acknowledged[key] = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["jobId"]!.GetValue<string>();
                        return true;
                    }
                    catch (HttpRequestException)
                    {
                        return false;
                    }
                },
                LongestEnd,
                () => $"{key} was never acknowledged.\n{server.Output}"
            );
        }
    }

    /// <summary>Calls back for every task that is over, until it is heard.</summary>
    private static async Task CallBackAsync(KieEmulator kie, Server server, CancellationToken ending)
    {
        var heard = new HashSet<string>(StringComparer.Ordinal);
        using var rounds = new PeriodicTimer(TimeSpan.FromMilliseconds(200));

        while (!ending.IsCancellationRequested)
        {
            foreach (
                var task in kie.Tasks.Values.Where(task =>
                    task.At + task.Takes < TimeProvider.System.GetUtcNow() && !heard.Contains(task.Id)
                )
            )
            {
                try
                {
                    task.CallbackUrl = new Uri(server.Address, new Uri(task.CallbackUrl!).PathAndQuery).AbsoluteUri;

                    if (await kie.CallBackAsync(task) == 200)
                        heard.Add(task.Id);
                }
                catch (HttpRequestException)
                {
                    // The server is dead just now.
                }
            }

            await rounds.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static string WithoutLimits(Latchkey.Testing.TemporaryFolder folder)
    {
        using var stream = Assembly.Load("Latchkey.Generation").GetManifestResourceStream("catalogue.json")!;
        var catalogue = JsonNode.Parse(stream)!;
        catalogue["providers"]!["kie"] = new JsonObject
        {
            ["submits"] = 10_000,
            ["perSeconds"] = 1,
            ["concurrent"] = 10_000,
        };
        var path = folder.File("catalogue.json");
        File.WriteAllText(path, catalogue.ToJsonString(), Encoding.UTF8);

        return path;
    }

    /// <summary>Where to look when it fails: the seed decides every moment.</summary>
    private static Random Moments()
    {
        var seed = Environment.GetEnvironmentVariable("LATCHKEY_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"LATCHKEY_TEST_SEED={seed}");

        return new Random(seed);
    }

    /// <summary>The moment is the test here: the server lives on by the real clock.</summary>
    private static async Task PassAsync(int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds));
        await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
