using System.Net;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Callbacks;

public class CallbackTests
{
    private const string Secret = "callback-secret-0123456789";
    private const string HmacKey = "hmac-key-0123456789";

    [Fact]
    public async Task Can_be_hurried_by_a_callback_and_repeat_it_without_harm()
    {
        await using var host = await StartAsync();
        var (jobId, task) = await OrderAsync(host);
        host.Time.Advance(host.Emulators.Kie.Takes);

        foreach (var _ in Enumerable.Range(0, 5))
            (await CallBackAsync(host, task)).ShouldBe(200);

        await host.WaitAsync(jobId);
        (await CallBackAsync(host, task)).ShouldBe(200);
        (await host.MoneyAsync(jobId)).Count.ShouldBe(2);
    }

    /// <summary>It says that the task is done; the vendor says that it is not.</summary>
    [Fact]
    public async Task Cannot_be_made_to_believe_a_callback()
    {
        await using var host = await StartAsync();
        host.Emulators.Kie.FailWith = new EmulatedFailure("500", "no");
        var (jobId, task) = await OrderAsync(host);

        (await CallBackAsync(host, task)).ShouldBe(200);
        (await host.RowAsync(jobId)).HasEnded.ShouldBeFalse();
        await host.WaitAsync(jobId, "failed");
    }

    [Fact]
    public async Task Cannot_call_back_without_the_jobs_own_part_of_the_address()
    {
        await using var host = await StartAsync();
        var (_, task) = await OrderAsync(host);
        var body = new { data = new { taskId = task.Id } };

        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie", body, HttpStatusCode.NotFound, host.Host.Anonymous);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie?job=guessed", body, HttpStatusCode.NotFound, host.Host.Anonymous);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie", "{}", HttpStatusCode.BadRequest, host.Host.Anonymous);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie", "no json", HttpStatusCode.BadRequest, host.Host.Anonymous);
        await host.SendAsync(
            HttpMethod.Post,
            "/api/webhooks/kie",
            new { large = new string('A', 2 * 1024 * 1024) },
            HttpStatusCode.RequestEntityTooLarge,
            host.Host.Anonymous,
            ("Expect", "100-continue")
        );
    }

    [Fact]
    public async Task Can_ask_for_the_secret_as_bearer_or_in_the_query()
    {
        await using var host = await StartAsync((GenerationSettings.CallbackSecret, Secret));
        var (_, task) = await OrderAsync(host);
        var body = new { data = new { taskId = task.Id, state = "success" } };

        task.CallbackUrl!.ShouldContain("secret=" + Secret);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie", body, HttpStatusCode.Unauthorized, host.Host.Anonymous);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie?secret=wrong", body, HttpStatusCode.Unauthorized, host.Host.Anonymous);
        await host.SendAsync(HttpMethod.Post, "/api/webhooks/kie?secret=" + Secret, body, HttpStatusCode.OK, host.Host.Anonymous);
        await host.SendAsync(
            HttpMethod.Post,
            "/api/webhooks/kie",
            body,
            HttpStatusCode.OK,
            host.Host.Anonymous,
            ("Authorization", "Bearer " + Secret)
        );
        host.Host.Logs.ShouldAllBe(line => !line.Text.Contains(Secret));
    }

    [Fact]
    public async Task Can_ask_for_kies_signature()
    {
        await using var host = await StartAsync((GenerationSettings.KieWebhookKey, HmacKey));
        var (_, task) = await OrderAsync(host);

        (await CallBackAsync(host, task)).ShouldBe(401);
        (await CallBackAsync(host, task, "another-key")).ShouldBe(401);
        (await CallBackAsync(host, task, HmacKey)).ShouldBe(200);
    }

    [Fact]
    public async Task Can_check_fals_signature_with_keys_that_change()
    {
        await using var host = await StartAsync();
        var fal = host.Emulators.Fal;
        await host.OrderAsync("/api/generate/video", new { model = "kling-o3-standard", prompt = "A fox" });
        await host.TurnUntilAsync(() => Task.FromResult(!fal.Tasks.IsEmpty));
        var task = fal.Tasks.Values.Single();
        task.CallbackUrl = host.Here(task.CallbackUrl!);

        (await fal.CallBackAsync(task)).ShouldBe(200);
        (await fal.CallBackAsync(task)).ShouldBe(200);
        (await fal.CallBackAsync(task, isForged: true)).ShouldBe(401);
        (await fal.CallBackAsync(task, age: TimeSpan.FromMinutes(6))).ShouldBe(401);

        fal.RotateKey();
        host.Time.Advance(TimeSpan.FromMinutes(2));
        (await fal.CallBackAsync(task)).ShouldBe(200);

        // Forgeries do not make us ask for the keys each time.
        var reads = fal.KeyReads;

        foreach (var _ in Enumerable.Range(0, 5))
            (await fal.CallBackAsync(task, isForged: true)).ShouldBe(401);

        fal.KeyReads.ShouldBe(reads);
    }

    private static Task<GenerationHost> StartAsync(params (Platform.Settings.Setting, string)[] settings) =>
        GenerationHost.StartAsync(settings: [(GenerationSettings.CallbackUrl, "http://127.0.0.1"), .. settings]);

    private static async Task<(string JobId, EmulatedTask Task)> OrderAsync(GenerationHost host)
    {
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });
        await host.TurnUntilAsync(async () => (await host.RowAsync(jobId)).State == JobState.Running);
        var task = host.Emulators.Kie.Tasks.Values.Single();
        task.CallbackUrl = host.Here(task.CallbackUrl!);

        return (jobId, task);
    }

    private static Task<int> CallBackAsync(GenerationHost host, EmulatedTask task, string? key = null) =>
        host.Emulators.Kie.CallBackAsync(task, hmacKey: key);
}
