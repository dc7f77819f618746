using System.Net;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.FalApi;

/// <summary>fal.ai's queue as its client speaks it.</summary>
public class FalApiTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private const string App = "/fal/fal-ai/kling-video";

    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_order_by_fals_own_names()
    {
        using var client = await _host.ClientOfAsync();
        client.DefaultRequestHeaders.Authorization = new("Key", client.DefaultRequestHeaders.Authorization!.Parameter);
        var request = await _host.SendAsync(
            HttpMethod.Post,
            App + "/o1/standard/image-to-video",
            new
            {
                prompt = "A fox",
                start_image_url = Media.PngDataUrl,
                end_image_url = Media.PngDataUrl,
                duration = "5",
            },
            HttpStatusCode.OK,
            client
        );
        var id = request["request_id"]!.GetValue<string>();
        request["status_url"]!.GetValue<string>().ShouldEndWith($"{App}/requests/{id}/status");

        await _host.GetAsync($"{App}/requests/{id}", HttpStatusCode.BadRequest, client);
        await _host.WaitAsync(id, client: client);

        (await _host.GetAsync($"{App}/requests/{id}/status", client: client))["status"]!.GetValue<string>().ShouldBe("COMPLETED");
        (await _host.GetAsync($"{App}/requests/{id}", client: client))["video"]!["content_type"]!.GetValue<string>().ShouldBe("video/mp4");
        _host.Emulators.Fal.Submissions.Single()["end_image_url"].ShouldNotBeNull();
        _host.Emulators.Complaints.ShouldBeEmpty();
        await _host.SendAsync(HttpMethod.Put, $"{App}/requests/{id}/cancel", null, HttpStatusCode.BadRequest, client);
    }

    [Fact]
    public async Task Can_order_any_model_of_ours()
    {
        var request = await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", new { prompt = "A fox" }, HttpStatusCode.OK);
        var id = request["request_id"]!.GetValue<string>();
        await _host.WaitAsync(id);

        (await _host.GetAsync("/fal/latchkey/z-image/requests/" + id))["images"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_tell_a_failure_where_the_result_would_be()
    {
        _host.Emulators.Kie.FailWith = new EmulatedFailure("500", "no");
        var request = await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", new { prompt = "A fox" }, HttpStatusCode.OK);
        var id = request["request_id"]!.GetValue<string>();
        await _host.WaitAsync(id, "failed");

        (await _host.GetAsync($"/fal/latchkey/z-image/requests/{id}/status"))["status"]!.GetValue<string>().ShouldBe("COMPLETED");
        var failure = await _host.GetAsync("/fal/latchkey/z-image/requests/" + id, HttpStatusCode.UnprocessableEntity);
        failure["detail"]![0]!["type"]!.GetValue<string>().ShouldBe("generation_failed");
    }

    [Fact]
    public async Task Can_follow_a_request_as_it_goes()
    {
        var request = await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", new { prompt = "A fox" }, HttpStatusCode.OK);
        var id = request["request_id"]!.GetValue<string>();
        request["queue_position"]!.GetValue<int>().ShouldBe(0);
        using var stream = await _host.Client.GetAsync(
            $"/fal/latchkey/z-image/requests/{id}/status/stream?logs=1",
            HttpCompletionOption.ResponseHeadersRead
        );
        stream.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reading = stream.Content.ReadAsStringAsync();

        await _host.WaitAsync(id);

        var events = (await reading).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        events.ShouldAllBe(line => line.StartsWith("data: {"));
        events[^1].ShouldContain("\"status\":\"COMPLETED\"");
        events.Length.ShouldBeGreaterThan(1);
        await _host.GetAsync("/fal/latchkey/z-image/requests/nothing/status/stream", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_wait_for_the_result_in_one_call()
    {
        using var client = await _host.ClientOfAsync();
        var running = _host.SendAsync(HttpMethod.Post, "/fal/run/latchkey/z-image", new { prompt = "A fox" }, HttpStatusCode.OK, client);

        await _host.TurnUntilAsync(() => Task.FromResult(running.IsCompleted));

        (await running)["images"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Cannot_continue_somebody_elses_clip()
    {
        using var mine = await _host.ClientOfAsync();
        using var other = await _host.ClientOfAsync();
        var source = await _host.OrderAsync(
            "/api/generate/video",
            new
            {
                model = "veo-3.1-fast",
                prompt = "A fox",
                startImage = Media.PngDataUrl,
            },
            mine
        );
        await _host.WaitAsync(source, client: mine);

        await _host.SendAsync(
            HttpMethod.Post,
            "/fal/latchkey/veo-3.1-fast",
            new
            {
                prompt = "It runs",
                mode = "extend",
                sourceGenerationId = source,
            },
            HttpStatusCode.NotFound,
            other
        );
    }

    [Fact]
    public async Task Cannot_order_what_there_is_not()
    {
        await _host.SendAsync(HttpMethod.Post, App + "/o9", new { prompt = "x" }, HttpStatusCode.NotFound);
        await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", "no json", HttpStatusCode.UnprocessableEntity);
        await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", new { }, HttpStatusCode.UnprocessableEntity);
        await _host.SendAsync(
            HttpMethod.Post,
            "/fal/latchkey/z-image?fal_webhook=ftp://a.example",
            new { prompt = "x" },
            HttpStatusCode.UnprocessableEntity
        );
        (
            await _host.SendAsync(
                HttpMethod.Post,
                "/fal/latchkey/z-image",
                new { prompt = "x" },
                HttpStatusCode.Unauthorized,
                _host.Host.Anonymous
            )
        )["detail"]!
            .GetValue<string>()
            .ShouldBe("Unauthorized");
        await _host.GetAsync("/fal/latchkey/z-image/requests/nothing", HttpStatusCode.NotFound);
    }
}
