using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Latchkey.Bench.Generation;

/// <summary>The published program with many jobs that a vendor has taken and not ended.</summary>
internal sealed class Flight : IAsyncDisposable
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, string> _jobs = new(StringComparer.Ordinal);
    private readonly string _catalogue;

    private Flight(Vendor vendor, Server server, string catalogue) => (Vendor, Server, _catalogue) = (vendor, server, catalogue);

    public Vendor Vendor { get; }

    public Server Server { get; }

    /// <summary>How many were ordered in all.</summary>
    public int Count => _jobs.Count;

    public static async Task<Flight> StartAsync(string root, string folder)
    {
        var vendor = await Vendor.StartAsync();
        var catalogue = Path.GetTempFileName();
        await File.WriteAllTextAsync(catalogue, await WithoutLimitsAsync(root));
        var server = await Server.StartAsync(
            Path.Combine(root, "artifacts", "publish", "latchkey"),
            folder,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["LATCHKEY_MODULES"] = "generation",
                ["LATCHKEY_OUTBOUND_ALLOW"] = "127.0.0.1",
                ["GENERATION_CATALOGUE"] = catalogue,
                ["KIE_API_KEY"] = "bench-key-0123456789",
                ["NEXT_PUBLIC_KIE_API_URL"] = vendor.Address,
                ["KIE_CALLBACK_URL"] = "http://127.0.0.1",
            }
        );

        return new Flight(vendor, server, catalogue);
    }

    /// <summary>Orders as fast as it goes, and waits until the vendor has all.</summary>
    /// <returns>Seconds.</returns>
    public async Task<double> FillAsync(string name, int count)
    {
        var began = Stopwatch.GetTimestamp();
        await ForEachAsync(Enumerable.Range(0, count).Select(number => $"{name} {number}"), prompt => OrderAsync(prompt));
        await UntilAsync(() => _jobs.Keys.All(Vendor.Tasks.ContainsKey));

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <returns>The job's id.</returns>
    public async Task<string> OrderAsync(string prompt)
    {
        using var answer = await Server.Client.PostAsJsonAsync("/api/generate/photo", new { model = "z-image", prompt });
        var job = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>();

        return _jobs[prompt] = (string)job!["jobId"]!;
    }

    /// <summary>The vendor ends everything that it has of ours and calls back, and the server stores it all.</summary>
    /// <returns>Seconds.</returns>
    public async Task<double> LandAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var running = _jobs.Keys.Select(prompt => Vendor.Tasks[prompt]).Where(task => !task.IsDone);
        await ForEachAsync(running, task => Vendor.CallBackAsync(task, Server.Address));
        var left = _jobs.Values.ToList();

        while (left.Count > 0)
        {
            if (await IsCompletedAsync(left[^1]))
                left.RemoveAt(left.Count - 1);
            else
                await Task.Delay(Glance);
        }

        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Jobs that the vendor was sent once, and credits spent.</summary>
    public async Task<(int Once, int Credits)> AccountAsync()
    {
        var usage = (await Server.Client.GetFromJsonAsync<JsonNode>("/api/usage"))!["days"]!.AsArray();

        return (_jobs.Keys.Count(prompt => Vendor.Tasks[prompt].Submissions == 1), usage.Sum(day => (int)day!["credits"]!));
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(Glance);
    }

    public static Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> act) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (item, _) => await act(item));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Vendor.DisposeAsync();
        File.Delete(_catalogue);
    }

    private async Task<bool> IsCompletedAsync(string jobId)
    {
        var status = (string)(await Server.Client.GetFromJsonAsync<JsonNode>("/api/jobs/" + jobId))!["status"]!;

        return status is "queued" or "processing" ? false
            : status == "completed" ? true
            : throw new InvalidOperationException($"{jobId} is {status}.");
    }

    /// <summary>The built-in catalogue for a vendor that takes everything at once: what is measured is us, not the vendor's limits.</summary>
    private static async Task<string> WithoutLimitsAsync(string root)
    {
        var path = Path.Combine(root, "src", "Latchkey.Generation", "Models", "catalogue.json");
        var catalogue = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        catalogue["providers"]!["kie"] = new JsonObject
        {
            ["submits"] = 1_000_000,
            ["perSeconds"] = 1,
            ["concurrent"] = 1_000_000,
        };

        return catalogue.ToJsonString();
    }
}
