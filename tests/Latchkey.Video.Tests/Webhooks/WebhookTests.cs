using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Access;
using Latchkey.Video.Data;
using Latchkey.Video.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Webhooks;

public sealed class WebhookTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly HttpMethod Post = HttpMethod.Post;

    private ApiHost Api => shared.Api;

    [Fact]
    public async Task Can_create_list_read_and_delete_webhooks()
    {
        var webhook = await CreateAsync("https://example.com/a", "video.source.recorded", "video.caption.generated");
        var id = webhook.Text("webhookId");

        webhook.Text("signatureSecret").ShouldStartWith("sig_sec_");
        webhook.GetProperty("events").GetArrayLength().ShouldBe(2);
        (await Api.Client.GetAsync($"/webhooks/{id}", HttpStatusCode.OK)).Text("url").ShouldBe("https://example.com/a");
        (await CountAsync("?events=video.caption.generated")).ShouldBe(1);
        (await CountAsync("?events=video.summary.generated")).ShouldBe(0);

        using var sandbox = await Api.ClientOfAsync(KeyEnvironment.Sandbox);
        await sandbox.GetAsync($"/webhooks/{id}", HttpStatusCode.NotFound);
        await sandbox.SendJsonAsync(HttpMethod.Delete, $"/webhooks/{id}", null, HttpStatusCode.NotFound);

        await Api.Client.SendJsonAsync(HttpMethod.Delete, $"/webhooks/{id}", null, HttpStatusCode.NoContent);
        (await Api.Client.GetAsync($"/webhooks/{id}", HttpStatusCode.NotFound)).ShouldBeProblem("resource-not-found", "webhookId");
    }

    [Theory]
    [InlineData("""{"url":"https://example.com"}""", "attribute-required", "events")]
    [InlineData("""{"events":[],"url":"https://example.com"}""", "attribute-required", "events")]
    [InlineData("""{"events":["video.source.recorded"]}""", "attribute-required", "url")]
    [InlineData("""{"events":"video.source.recorded","url":"https://example.com"}""", "invalid-attribute", "events")]
    [InlineData("""{"events":["video.sold"],"url":"https://example.com"}""", "invalid-attribute", "events")]
    [InlineData("""{"events":["video.source.recorded"],"url":"nowhere"}""", "invalid-attribute", "url")]
    public async Task Cannot_create_a_webhook_from_a_bad_body(string body, string type, string name)
    {
        (await Api.Client.SendJsonAsync(Post, "/webhooks", body, HttpStatusCode.BadRequest)).ShouldBeProblem(type, name);
    }

    [Fact]
    public async Task Can_sign_what_webhooks_are_sent()
    {
        var webhook = await CreateAsync("https://example.com/b", WebhookEvents.QualityCompleted);
        await using var scope = Api.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<VideoDb>();

        var messages = await scope
            .ServiceProvider.GetRequiredService<VideoWebhooks>()
            .EnqueueAsync(
                db,
                KeyEnvironment.Production,
                WebhookEvents.QualityCompleted,
                new JsonObject { ["videoId"] = "vi1" },
                CancellationToken.None
            );

        var message = messages.ShouldHaveSingleItem();
        var headers = JsonSerializer.Deserialize<Dictionary<string, string>>(message.Headers)!;
        var key = System.Text.Encoding.UTF8.GetBytes(webhook.Text("signatureSecret"));
        headers["X-Api-Video-WebhookID"].ShouldBe(webhook.Text("webhookId"));
        headers["X-Api-Video-Signature"].ShouldBe(Convert.ToHexStringLower(HMACSHA256.HashData(key, message.Body)));

        var body = JsonDocument.Parse(message.Body).RootElement;
        body.Text("type").ShouldBe(WebhookEvents.QualityCompleted);
        body.Text("emittedAt").ShouldEndWith("+00:00");
        body.Text("videoId").ShouldBe("vi1");
    }

    private Task<JsonElement> CreateAsync(string url, params string[] events) =>
        Api.Client.SendJsonAsync(Post, "/webhooks", JsonSerializer.Serialize(new { url, events }), HttpStatusCode.Created);

    private async Task<int> CountAsync(string query) =>
        (await Api.Client.GetAsync("/webhooks" + query, HttpStatusCode.OK)).GetProperty("pagination").GetProperty("itemsTotal").GetInt32();
}
