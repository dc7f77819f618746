using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Access;
using OpenAI;
using OpenAI.Images;
using OpenAI.Videos;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.OpenAiApi;

/// <summary>OpenAI's own .NET client against our server.</summary>
public class OpenAiClientTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_make_pictures_with_openais_client()
    {
        var images = Images(await SecretAsync());
        var making = images.GenerateImagesAsync("A fox", 2, new ImageGenerationOptions { Size = GeneratedImageSize.W1024xH1024 });

        await _host.TurnUntilAsync(() => Task.FromResult(making.IsCompleted));

        var made = (await making).Value;
        made.Count.ShouldBe(2);
        made[0].ImageBytes.ToArray().ShouldBe(Media.Png);
    }

    [Fact]
    public async Task Can_edit_a_picture_with_openais_client()
    {
        var images = Images(await SecretAsync());
        using var picture = new MemoryStream(Media.Png);
        var making = images.GenerateImageEditAsync(picture, "fox.png", "Make it blue");

        await _host.TurnUntilAsync(() => Task.FromResult(making.IsCompleted));

        (await making).Value.ImageBytes.ToArray().ShouldBe(Media.Png);
        _host.Emulators.OpenAi.Submissions.Single()["image"].ShouldNotBeNull();
    }

    /// <summary>The client repeats what failed with a 5xx by itself; here the job exists, and is asked for once.</summary>
    [Fact]
    public async Task Cannot_make_the_client_order_twice()
    {
        _host.Emulators.OpenAi.OnSubmit(Fault.LostAnswer);
        var images = Images(await SecretAsync());
        var making = Should.ThrowAsync<ClientResultException>(() => images.GenerateImageAsync("A fox"));

        await _host.TurnUntilAsync(() => Task.FromResult(making.IsCompleted));

        (await making).Status.ShouldBe(422);
        _host.Emulators.OpenAi.Submissions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Can_tell_openais_errors()
    {
        (await Should.ThrowAsync<ClientResultException>(() => Images("sk-wrong").GenerateImageAsync("A fox"))).Status.ShouldBe(401);

        using var client = await _host.ClientOfAsync();
        var noModel = await _host.SendAsync(
            HttpMethod.Post,
            "/v1/images/generations",
            new { model = "dall-e-9", prompt = "x" },
            HttpStatusCode.NotFound,
            client
        );
        noModel["error"]!["code"]!.GetValue<string>().ShouldBe("model_not_found");

        await _host.SendAsync(HttpMethod.Put, "/api/budgets/" + GenerationHost.KeyIdOf(client), new { credits = 1 }, HttpStatusCode.OK);
        var noMoney = await _host.SendAsync(
            HttpMethod.Post,
            "/v1/images/generations",
            new { prompt = "x" },
            HttpStatusCode.TooManyRequests,
            client
        );
        noMoney["error"]!["code"]!.GetValue<string>().ShouldBe("insufficient_quota");

        var badSize = await _host.SendAsync(
            HttpMethod.Post,
            "/v1/images/generations",
            new { prompt = "x", size = "big" },
            HttpStatusCode.BadRequest,
            client
        );
        badSize["error"]!["message"]!.GetValue<string>().ShouldContain("size");
        await _host.SendAsync(HttpMethod.Post, "/v1/images/generations", "no json", HttpStatusCode.BadRequest, client);
        (await _host.GetAsync("/v1/nothing", HttpStatusCode.NotFound, client))["error"]!["code"]!
            .GetValue<string>()
            .ShouldBe("unknown_url");
    }

    [Fact]
    public async Task Can_make_a_video_as_openais_interface_has_it()
    {
        using var client = await _host.ClientOfAsync();
        using var other = await _host.ClientOfAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("sora-2-pro"), "model" },
            { new StringContent("A fox in the snow"), "prompt" },
            { new StringContent("4"), "seconds" },
            { new StringContent("720x1280"), "size" },
        };
        using var answer = await client.PostAsync("/v1/videos", form);
        var video = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        var id = video["id"]!.GetValue<string>();

        video["object"]!.GetValue<string>().ShouldBe("video");
        video["size"]!.GetValue<string>().ShouldBe("720x1280");
        await _host.WaitAsync(id, client: client);

        (await _host.GetAsync("/v1/videos/" + id, client: client))["status"]!.GetValue<string>().ShouldBe("completed");
        (await _host.GetAsync("/v1/videos", client: client))["data"]!.AsArray().Count.ShouldBe(1);
        (await client.GetByteArrayAsync($"/v1/videos/{id}/content")).ShouldBe(Media.Mp4);
        await _host.GetAsync("/v1/videos/" + id, HttpStatusCode.NotFound, other);
        (await _host.SendAsync(HttpMethod.Delete, "/v1/videos/" + id, null, HttpStatusCode.OK, client))["deleted"]!
            .GetValue<bool>()
            .ShouldBeTrue();
        await _host.GetAsync("/v1/videos/" + id, HttpStatusCode.NotFound, client);
    }

    [Fact]
    public async Task Can_make_a_video_with_openais_client()
    {
        using var client = await _host.ClientOfAsync();
        var videos = Videos(client.DefaultRequestHeaders.Authorization!.Parameter!);
        using var form = new MultipartFormDataContent("boundary")
        {
            { new StringContent("sora-2-pro"), "model" },
            { new StringContent("A fox in the snow"), "prompt" },
            { new StringContent("4"), "seconds" },
            { new ByteArrayContent(Media.Png), "input_reference", "fox.png" },
        };

        var made = await videos.CreateVideoAsync(
            BinaryContent.Create(await form.ReadAsStreamAsync()),
            form.Headers.ContentType!.ToString(),
            new RequestOptions()
        );
        var id = Json(made)["id"]!.GetValue<string>();
        await _host.WaitAsync(id, client: client);

        Json(await videos.GetVideoAsync(id, new RequestOptions()))["status"]!.GetValue<string>().ShouldBe("completed");
        (await videos.DownloadVideoAsync(id, null, new RequestOptions())).GetRawResponse().Content.ToArray().ShouldBe(Media.Mp4);
        _host.Emulators.OpenAi.Submissions.Single()["input_reference"].ShouldNotBeNull();

        var remix = await Should.ThrowAsync<ClientResultException>(() =>
            videos.CreateVideoRemixAsync(id, BinaryContent.Create(BinaryData.FromString("""{"prompt":"Blue"}""")), "application/json")
        );
        remix.Status.ShouldBe(400);
        remix.Message.ShouldContain("Remixing is not supported");
        (await videos.DeleteVideoAsync(id, new RequestOptions())).GetRawResponse().Status.ShouldBe(200);
        (await Should.ThrowAsync<ClientResultException>(() => videos.GetVideoAsync(id, new RequestOptions()))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Can_stream_a_picture()
    {
        using var client = await _host.ClientOfAsync();
        var order = new
        {
            prompt = "A fox",
            stream = true,
            partial_images = 2,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/images/generations") { Content = JsonContent.Create(order) };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reading = answer.Content.ReadAsStringAsync();

        await _host.TurnUntilAsync(() => Task.FromResult(reading.IsCompleted));

        var lines = (await reading).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != ':').ToList();
        lines[0].ShouldBe("event: image_generation.completed");
        var picture = JsonNode.Parse(lines[1]["data: ".Length..])!;
        picture["type"]!.GetValue<string>().ShouldBe("image_generation.completed");
        Convert.FromBase64String(picture["b64_json"]!.GetValue<string>()).ShouldBe(Media.Png);
        picture["size"]!.GetValue<string>().ShouldBe("320x240");
        picture["usage"]!["total_tokens"].ShouldNotBeNull();
        lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Can_tell_a_failure_in_a_stream()
    {
        _host.Emulators.OpenAi.OnSubmit(
            Fault.Status(400, """{"error":{"message":"rejected by the safety system","code":"moderation_blocked"}}""")
        );
        using var client = await _host.ClientOfAsync();
        var answering = client.PostAsJsonAsync("/v1/images/generations", new { prompt = "A fox", stream = true });

        await _host.TurnUntilAsync(() => Task.FromResult(answering.IsCompleted));

        var text = await (await answering).Content.ReadAsStringAsync();
        text.ShouldContain("event: error\ndata: {\"error\":{");
        text.ShouldContain("\"code\":\"moderation_blocked\"");
    }

    [Fact]
    public async Task Can_page_through_videos()
    {
        using var client = await _host.ClientOfAsync(environment: KeyEnvironment.Sandbox);
        var ids = new List<string>();

        for (var number = 0; number < 5; number++)
        {
            ids.Add(await _host.OrderAsync("/api/generate/video", new { model = "sora-2-pro", prompt = $"Fox {number}" }, client));
            _host.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var first = await _host.GetAsync("/v1/videos?limit=2", client: client);
        Ids(first).ShouldBe([ids[4], ids[3]]);
        first["has_more"]!.GetValue<bool>().ShouldBeTrue();
        first["first_id"]!.GetValue<string>().ShouldBe(ids[4]);
        first["last_id"]!.GetValue<string>().ShouldBe(ids[3]);

        await _host.SendAsync(HttpMethod.Delete, "/v1/videos/" + ids[3], null, HttpStatusCode.OK, client);
        Ids(await _host.GetAsync($"/v1/videos?limit=2&after={ids[3]}", client: client)).ShouldBe([ids[2], ids[1]]);
        var last = await _host.GetAsync($"/v1/videos?limit=2&after={ids[1]}", client: client);
        Ids(last).ShouldBe([ids[0]]);
        last["has_more"]!.GetValue<bool>().ShouldBeFalse();
        Ids(await _host.GetAsync("/v1/videos?order=asc&limit=3", client: client)).ShouldBe([ids[0], ids[1], ids[2]]);

        foreach (var bad in new[] { "limit=0", "limit=x", "order=up" })
            await _host.GetAsync("/v1/videos?" + bad, HttpStatusCode.BadRequest, client);

        await _host.GetAsync("/v1/videos?after=job_nothing", HttpStatusCode.NotFound, client);
        using var other = await _host.ClientOfAsync();
        await _host.GetAsync("/v1/videos?after=" + ids[0], HttpStatusCode.NotFound, other);
    }

    [Theory]
    [InlineData("""{"prompt":"x","mask":"data:image/png;base64,AAAA"}""", "mask")]
    [InlineData("""{"prompt":"x","stream":true,"partial_images":9}""", "partial_images")]
    [InlineData("""{"prompt":"\ud800"}""", "JSON object")]
    [InlineData("""{"prompt":"x","prompt":"y"}""", "JSON object")]
    public async Task Cannot_ask_for_what_there_is_not(string body, string complaint)
    {
        var answer = await _host.SendAsync(HttpMethod.Post, "/v1/images/edits", body, HttpStatusCode.BadRequest);

        answer["error"]!["message"]!.GetValue<string>().ShouldContain(complaint);
        answer["error"]!["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
    }

    private static List<string> Ids(JsonNode list) => [.. list["data"]!.AsArray().Select(video => video!["id"]!.GetValue<string>())];

    private static JsonNode Json(ClientResult result) => JsonNode.Parse(result.GetRawResponse().Content.ToString())!;

    private VideoClient Videos(string secret) =>
        new(new ApiKeyCredential(secret), new VideoClientOptions { Endpoint = new Uri(_host.Host.Address, "/v1") });

    private async Task<string> SecretAsync()
    {
        using var client = await _host.ClientOfAsync();
        return client.DefaultRequestHeaders.Authorization!.Parameter!;
    }

    private ImageClient Images(string secret) =>
        new(
            "gpt-image-1",
            new ApiKeyCredential(secret),
            new OpenAIClientOptions { Endpoint = new Uri(_host.Host.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(2) }
        );
}
