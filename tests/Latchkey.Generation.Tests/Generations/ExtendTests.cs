using System.Net;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

/// <summary>Veo's clips can be continued, by whoever had them made.</summary>
public class ExtendTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Theory]
    [InlineData("sourceGenerationId", false)]
    [InlineData("taskId", true)]
    public async Task Can_continue_a_clip(string field, bool byTask)
    {
        using var client = await _host.ClientOfAsync();
        var source = await ClipAsync(client);
        var taskId = (await _host.RowAsync(source)).TaskId!;

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/video",
            Order(field, byTask ? taskId : source),
            HttpStatusCode.OK,
            client
        );
        answer["mode"]!.GetValue<string>().ShouldBe("extend");
        answer["creditCost"]!.GetValue<int>().ShouldBe(26);
        var job = await _host.WaitAsync(answer["jobId"]!.GetValue<string>(), client: client);

        job["results"]!.AsArray().Count.ShouldBe(1);
        var sent = _host.Emulators.Kie.Submissions.Last();
        sent["taskId"]!.GetValue<string>().ShouldBe(taskId);
        sent["prompt"]!.GetValue<string>().ShouldBe("It runs");
        _host.Emulators.Complaints.ShouldBeEmpty();

        // What was continued can be continued again.
        var again = Order("sourceGenerationId", answer["jobId"]!.GetValue<string>());
        await _host.SendAsync(HttpMethod.Post, "/api/generate/video", again, HttpStatusCode.OK, client);
    }

    /// <summary>Of several accounts, only the one that made a clip can continue it.</summary>
    [Fact]
    public async Task Can_continue_clips_of_several_accounts()
    {
        await using var host = await GenerationHost.StartAsync(
            settings: (GenerationSettings.KieVideoPool, $"{Emulator.GoodKey},{Emulator.SecondKey}")
        );
        var clips = new List<string>();

        for (var number = 0; number < 4; number++)
            clips.Add(await host.OrderAsync("/api/generate/video", Start()));

        foreach (var clip in clips)
            await host.WaitAsync(clip);

        host.Emulators.Kie.Tasks.Values.Select(task => task.Key).Distinct().Count().ShouldBe(2);

        foreach (var clip in clips)
            await host.WaitAsync(await host.OrderAsync("/api/generate/video", Order("sourceGenerationId", clip)));
    }

    [Fact]
    public async Task Cannot_continue_somebody_elses_clip_or_what_is_no_clip_of_veo()
    {
        using var mine = await _host.ClientOfAsync();
        using var other = await _host.ClientOfAsync();
        var source = await ClipAsync(mine);
        var taskId = (await _host.RowAsync(source)).TaskId!;

        foreach (var order in new[] { Order("sourceGenerationId", source), Order("taskId", taskId) })
            (await _host.SendAsync(HttpMethod.Post, "/api/generate/video", order, HttpStatusCode.NotFound, other))["error"]!
                .GetValue<string>()
                .ShouldBe("Source generation not found");

        var kling = await _host.OrderAsync("/api/generate/video", new { model = "kling-2.6", prompt = "A fox" }, mine);
        await _host.WaitAsync(kling, client: mine);
        var running = await _host.OrderAsync("/api/generate/video", Start(), mine);

        foreach (var id in new[] { kling, running })
            (
                await _host.SendAsync(
                    HttpMethod.Post,
                    "/api/generate/video",
                    Order("sourceGenerationId", id),
                    HttpStatusCode.BadRequest,
                    mine
                )
            )["error"]!
                .GetValue<string>()
                .ShouldBe("This generation cannot be extended");

        (
            await _host.SendAsync(
                HttpMethod.Post,
                "/api/generate/video",
                new
                {
                    model = "veo-3.1-fast",
                    mode = "extend",
                    prompt = "x",
                },
                HttpStatusCode.BadRequest,
                mine
            )
        )["error"]!.GetValue<string>().ShouldBe("sourceGenerationId or taskId is required");

        await _host.SendAsync(HttpMethod.Delete, "/api/generations/" + source, null, HttpStatusCode.OK, mine);
        await _host.SendAsync(HttpMethod.Post, "/api/generate/video", Order("sourceGenerationId", source), HttpStatusCode.NotFound, mine);
    }

    private async Task<string> ClipAsync(HttpClient client)
    {
        var jobId = await _host.OrderAsync("/api/generate/video", Start(), client);
        await _host.WaitAsync(jobId, client: client);

        return jobId;
    }

    private static object Start() =>
        new
        {
            model = "veo-3.1-fast",
            prompt = "A fox",
            startImage = Media.PngDataUrl,
        };

    private static Dictionary<string, string> Order(string field, string id) =>
        new()
        {
            ["model"] = "veo-3.1-fast",
            ["mode"] = "extend",
            ["prompt"] = "It runs",
            [field] = id,
        };
}
