using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Generation.Tests.Emulators;
using OpenAI;
using OpenAI.Images;
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
