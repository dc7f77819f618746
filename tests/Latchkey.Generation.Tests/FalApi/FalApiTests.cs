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
    public async Task Cannot_order_what_there_is_not()
    {
        await _host.SendAsync(HttpMethod.Post, App + "/o9", new { prompt = "x" }, HttpStatusCode.NotFound);
        await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", "no json", HttpStatusCode.UnprocessableEntity);
        await _host.SendAsync(HttpMethod.Post, "/fal/latchkey/z-image", new { }, HttpStatusCode.UnprocessableEntity);
        await _host.SendAsync(
            HttpMethod.Post,
            "/fal/latchkey/z-image?fal_webhook=https://a.example",
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
