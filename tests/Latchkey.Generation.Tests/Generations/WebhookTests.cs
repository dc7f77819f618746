using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

public class WebhookTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_be_told_of_the_end_with_a_signature()
    {
        using var client = await _host.ClientOfAsync();
        var secret = (await _host.GetAsync("/api/generations/webhook-secret", client: client))["secret"]!.GetValue<string>();
        await using var receiver = await Emulator.StartAsync(new WebhookReceiver(_host.Time));
        var jobId = await _host.OrderAsync(
            "/api/generate/photo",
            new
            {
                model = "nano-banana",
                prompt = "A fox",
                variants = 2,
                webhookUrl = receiver.Address + "/hook",
            },
            client
        );

        await _host.TurnUntilAsync(() => Task.FromResult(!receiver.Received.IsEmpty));

        // Once for both variants.
        var (headers, body) = receiver.Received.ShouldHaveSingleItem();
        var message = JsonNode.Parse(body)!;
        message["type"]!.GetValue<string>().ShouldBe("generation.completed");
        message["data"]!["jobId"]!.GetValue<string>().ShouldBe(jobId);
        message["data"]!["results"]!.AsArray().Count.ShouldBe(2);

        var signed = Encoding.UTF8.GetBytes(headers[JobWebhooks.TimestampHeader] + "." + body);
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
        headers[JobWebhooks.SignatureHeader].ShouldBe("v1=" + expected);

        using var other = await _host.ClientOfAsync();
        (await _host.GetAsync("/api/generations/webhook-secret", client: other))["secret"]!.GetValue<string>().ShouldNotBe(secret);
    }

    [Fact]
    public async Task Can_measure_jobs()
    {
        await _host.WaitAsync(await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }));

        using var answer = await _host.Client.GetAsync("/metrics");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var metrics = await answer.Content.ReadAsStringAsync();

        metrics.ShouldContain("latchkey_generation_jobs_total{");
        metrics.ShouldContain("provider=\"kie\"");
        metrics.ShouldContain("latchkey_generation_submissions_total{");
        metrics.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"outcome=\"completed\""));
    }
}
