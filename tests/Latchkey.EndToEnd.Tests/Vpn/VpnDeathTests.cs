using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Vpn;

public class VpnDeathTests
{
    private const int Creations = 1000;
    private const int AtOnce = 8;

    private static readonly TimeSpan LongestAgreement = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Can_be_killed_in_the_middle_of_a_thousand_creations()
    {
        await using var vpn = await VpnServer.StartAsync();
        await using var origin = await Origin.StartAsync();
        var acknowledged = new ConcurrentDictionary<long, string>();
        var half = new TaskCompletionSource();

        var creations = Parallel.ForEachAsync(
            Enumerable.Range(0, Creations),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (number, cancellation) =>
            {
                if (half.Task.IsCompleted || await CreateAsync(vpn, number, cancellation) is not { } key)
                    return;

                acknowledged[(long)key["key_id"]!] = (string)key["uuid"]!;

                if (acknowledged.Count == Creations / 2)
                    half.TrySetResult();
            }
        );

        await half.Task;
        await vpn.Server.KillAsync();
        await creations;
        await vpn.Server.StartAgainAsync();

        var table = (await vpn.Client.GetFromJsonAsync<JsonNode>("/api/keys"))!["keys"]!
            .AsArray()
            .ToDictionary(key => (long)key!["key_id"]!, key => (string)key!["uuid"]!);
        acknowledged.ShouldBeSubsetOf(table);

        // As many as the core lets in of those that the table has.
        await Eventually.BecomesAsync(
            () => CountLetInAsync(vpn, origin, table.Values),
            count => count == table.Count,
            LongestAgreement,
            () => $"the core does not let all of {table.Count} keys in"
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged.Count} acknowledged, {table.Count} in the table");
    }

    private static async Task<JsonNode?> CreateAsync(VpnServer vpn, int number, CancellationToken cancellation)
    {
        try
        {
            using var response = await vpn.Client.PostAsJsonAsync("/api/keys", new { name = $"key {number}" }, cancellation);

            return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) : null;
        }
        catch (HttpRequestException)
        {
            // The server is dead.
            return null;
        }
    }

    private static async Task<int> CountLetInAsync(VpnServer vpn, Origin origin, IEnumerable<string> uuids)
    {
        var count = 0;

        await Parallel.ForEachAsync(
            uuids,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (uuid, _) =>
            {
                if (await VlessClient.IsLetInAsync(vpn.Core, uuid, origin))
                    Interlocked.Increment(ref count);
            }
        );

        return count;
    }
}
