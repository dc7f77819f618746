using System.Net;
using Latchkey.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.UploadTokens;

public sealed class UploadTokenTests
{
    private static readonly HttpMethod Post = HttpMethod.Post;

    [Fact]
    public async Task Can_issue_list_read_and_delete_tokens()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var api = await ApiHost.StartAsync(new RunningHostOptions { Time = time });

        var lasting = await api.Client.SendJsonAsync(Post, "/upload-tokens", "{}", HttpStatusCode.OK);
        lasting.GetProperty("ttl").GetInt32().ShouldBe(0);
        lasting.TryGetProperty("expiresAt", out _).ShouldBeFalse();

        var brief = await api.Client.SendJsonAsync(Post, "/upload-tokens", """{"ttl":60}""", HttpStatusCode.OK);
        brief.Text("token").ShouldStartWith("tok");
        brief.Text("expiresAt").ShouldEndWith("+00:00");

        var sorted = await api.Client.GetAsync("/upload-tokens?sortBy=ttl&sortOrder=asc", HttpStatusCode.OK);
        sorted.GetProperty("data").EnumerateArray().Select(token => token.GetProperty("ttl").GetInt32()).ShouldBe([0, 60]);

        time.Advance(TimeSpan.FromSeconds(61));
        await api.Client.GetAsync($"/upload-tokens/{brief.Text("token")}", HttpStatusCode.NotFound);
        (
            await api.Host.Anonymous.UploadAsync($"/upload?token={brief.Text("token")}", [1], null, HttpStatusCode.Unauthorized)
        ).ShouldBeProblem("authentication-invalid-upload-token");

        await api.Client.GetAsync($"/upload-tokens/{lasting.Text("token")}", HttpStatusCode.OK);
        await api.Client.SendJsonAsync(HttpMethod.Delete, $"/upload-tokens/{lasting.Text("token")}", null, HttpStatusCode.NoContent);
        (await api.Client.GetAsync($"/upload-tokens/{lasting.Text("token")}", HttpStatusCode.NotFound)).ShouldBeProblem(
            "resource-not-found"
        );
    }

    [Theory]
    [InlineData("""{"ttl":-1}""")]
    [InlineData("""{"ttl":"60"}""")]
    [InlineData("""{"ttl":2147483648}""")]
    public async Task Cannot_issue_a_token_from_a_bad_body(string body)
    {
        await using var api = await ApiHost.StartAsync();

        (await api.Client.SendJsonAsync(Post, "/upload-tokens", body, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "invalid-attribute",
            "ttl"
        );
    }
}
