using System.Net;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Ledger;

public class BudgetTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_spend_a_budget_and_no_more()
    {
        using var client = await _host.ClientOfAsync();
        await SetAsync(client, """{"credits":5}""");

        await _host.OrderAsync("/api/generate/photo", new { model = "grok-imagine", prompt = "1" }, client);
        var refused = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new { model = "grok-imagine", prompt = "2" },
            HttpStatusCode.PaymentRequired,
            client
        );

        refused["error"]!.GetValue<string>().ShouldBe("Insufficient credits");
        refused["required"]!.GetValue<int>().ShouldBe(4);
        refused["available"]!.GetValue<int>().ShouldBe(1);

        await _host.SendAsync(HttpMethod.Post, PathOf(client) + "/credits", """{"credits":3}""", HttpStatusCode.OK);
        await _host.OrderAsync("/api/generate/photo", new { model = "grok-imagine", prompt = "3" }, client);
        (await AvailableAsync(client)).ShouldBe(0);
        await AddsUpAsync(client);
    }

    [Fact]
    public async Task Cannot_overdraw_a_budget_by_asking_all_at_once()
    {
        using var client = await _host.ClientOfAsync();
        await SetAsync(client, """{"credits":10}""");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(async number =>
                {
                    using var response = await client.PostAsync(
                        "/api/generate/photo",
                        new StringContent($$"""{"model":"grok-imagine","prompt":"{{number}}"}""")
                    );
                    return response.StatusCode;
                })
        );

        answers.Count(status => status == HttpStatusCode.OK).ShouldBe(2);
        answers.Count(status => status == HttpStatusCode.PaymentRequired).ShouldBe(10);
        (await AvailableAsync(client)).ShouldBe(2);
        await AddsUpAsync(client);
    }

    /// <summary>Nor do they take a place, or a turn, at the vendor.</summary>
    [Fact]
    public async Task Cannot_make_others_wait_by_orders_that_nobody_paid()
    {
        await using var host = await GenerationHost.StartAsync();
        using var poor = await host.ClientOfAsync();
        await host.SendAsync(HttpMethod.Put, PathOf(poor), """{"credits":1}""", HttpStatusCode.OK);

        for (var number = 0; number < 40; number++)
        {
            await host.SendAsync(
                HttpMethod.Post,
                "/api/generate/photo",
                new { model = "grok-imagine", prompt = $"{number}" },
                HttpStatusCode.PaymentRequired,
                poor
            );
        }

        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "grok-imagine", prompt = "paid" });

        var row = await host.RowAsync(jobId);
        row.SubmittedAt.ShouldBe(row.CreatedAt);
    }

    [Fact]
    public async Task Can_get_back_what_was_held_for_a_failure()
    {
        using var client = await _host.ClientOfAsync();
        await SetAsync(client, """{"credits":10}""");
        _host.Emulators.Kie.FailWith = new EmulatedFailure("500", "no");

        await _host.WaitAsync(
            await _host.OrderAsync("/api/generate/photo", new { model = "grok-imagine", prompt = "1" }, client),
            "failed",
            client
        );

        (await AvailableAsync(client)).ShouldBe(10);
        await AddsUpAsync(client);
    }

    [Fact]
    public async Task Can_allow_some_models_only()
    {
        using var client = await _host.ClientOfAsync();
        await SetAsync(client, """{"models":["z-image"]}""");

        await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "1" }, client);
        await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new { model = "grok-imagine", prompt = "1" },
            HttpStatusCode.Forbidden,
            client
        );
    }

    [Fact]
    public async Task Cannot_set_ones_own_budget()
    {
        using var client = await _host.ClientOfAsync();

        await _host.SendAsync(HttpMethod.Put, PathOf(client), """{"credits":1000}""", HttpStatusCode.Forbidden, client);
        await _host.SendAsync(HttpMethod.Put, PathOf(client), """{"credits":-1}""", HttpStatusCode.BadRequest);
        await _host.SendAsync(HttpMethod.Put, PathOf(client), """{"credits":"many"}""", HttpStatusCode.BadRequest);
        await _host.SendAsync(HttpMethod.Put, PathOf(client), "{}", HttpStatusCode.BadRequest);
        (await _host.GetAsync("/api/budget", client: client))["available"].ShouldBeNull();
    }

    [Fact]
    public async Task Can_see_ones_usage_by_day()
    {
        using var client = await _host.ClientOfAsync();
        await _host.WaitAsync(
            await _host.OrderAsync("/api/generate/photo", new { model = "grok-imagine", prompt = "1" }, client),
            client: client
        );

        var line = (await _host.GetAsync("/api/usage", client: client))["days"]!.AsArray().ShouldHaveSingleItem()!;

        line["day"]!
            .GetValue<string>()
            .ShouldBe(_host.Time.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        line["succeeded"]!.GetValue<int>().ShouldBe(1);
        line["credits"]!.GetValue<int>().ShouldBe(4);
        line["provider"]!.GetValue<string>().ShouldBe("kie");
    }

    private static string PathOf(HttpClient client) => "/api/budgets/" + GenerationHost.KeyIdOf(client);

    private Task SetAsync(HttpClient client, string body) => _host.SendAsync(HttpMethod.Put, PathOf(client), body, HttpStatusCode.OK);

    private async Task<long> AvailableAsync(HttpClient client) =>
        (await _host.GetAsync("/api/budget", client: client))["available"]!.GetValue<long>();

    private async Task AddsUpAsync(HttpClient client)
    {
        var owner = GenerationHost.KeyIdOf(client);
        var sum = await _host.ReadAsync(db => db.Ledger.Where(entry => entry.OwnerId == owner).SumAsync(entry => entry.Amount));
        sum.ShouldBe(await AvailableAsync(client));
    }
}
