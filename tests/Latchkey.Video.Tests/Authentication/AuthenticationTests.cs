using System.Net;
using Latchkey.Platform.Access;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Authentication;

public sealed class AuthenticationTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private static readonly HttpMethod Post = HttpMethod.Post;

    private ApiHost Api => shared.Api;

    private HttpClient Anonymous => shared.Api.Host.Anonymous;

    [Fact]
    public async Task Can_sign_in_and_refresh_once()
    {
        var pair = await Anonymous.SendJsonAsync(Post, "/auth/api-key", $$"""{"apiKey":"{{Api.Host.AdminKey}}"}""", HttpStatusCode.OK);
        pair.Text("token_type").ShouldBe("Bearer");
        pair.GetProperty("expires_in").GetInt32().ShouldBe(3600);
        await AnswersAsync($"Bearer {pair.Text("access_token")}", HttpStatusCode.OK, null);

        var refresh = $$"""{"refreshToken":"{{pair.Text("refresh_token")}}"}""";
        var next = await Anonymous.SendJsonAsync(Post, "/auth/refresh", refresh, HttpStatusCode.OK);
        await AnswersAsync($"Bearer {next.Text("access_token")}", HttpStatusCode.OK, null);

        var again = await Anonymous.SendJsonAsync(Post, "/auth/refresh", refresh, HttpStatusCode.BadRequest);
        again.ShouldBeProblem("authentication-invalid-user-credentials", "");
    }

    [Theory]
    [InlineData("/auth/api-key", "", "invalid-payload", null)]
    [InlineData("/auth/api-key", "{}", "attribute-required", "apiKey")]
    [InlineData("/auth/api-key", """{"apiKey":7}""", "invalid-attribute", "apiKey")]
    [InlineData("/auth/api-key", """{"apiKey":"wrong"}""", "authentication-invalid-user-credentials", "")]
    [InlineData("/auth/refresh", "{}", "attribute-required", "refreshToken")]
    [InlineData("/auth/refresh", """{"refreshToken":"wrong"}""", "authentication-invalid-user-credentials", "")]
    public async Task Cannot_sign_in_with_a_bad_body(string path, string body, string type, string? name)
    {
        (await Anonymous.SendJsonAsync(Post, path, body, HttpStatusCode.BadRequest)).ShouldBeProblem(type, name);
    }

    [Fact]
    public async Task Can_use_a_key_as_basic_or_as_bearer()
    {
        var basic = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Api.Host.AdminKey + ":"));

        await AnswersAsync($"Basic {basic}", HttpStatusCode.OK, null);
        await AnswersAsync($"Bearer {Api.Host.AdminKey}", HttpStatusCode.OK, null);
    }

    [Theory]
    [InlineData(null, "authentication-missing-authorization-header")]
    [InlineData("Digest abc", "authentication-invalid-authorization-header-value")]
    [InlineData("Basic !!!", "authentication-invalid-authorization-header-value")]
    [InlineData("Bearer ", "authentication-invalid-authorization-header-value")]
    [InlineData("Basic d3Jvbmc6", "authentication-invalid-api-key")]
    [InlineData("Bearer wrong", "authentication-invalid-access-token")]
    [InlineData("Bearer a.b.c", "authentication-invalid-access-token")]
    public async Task Cannot_call_without_good_credentials(string? header, string problem)
    {
        await AnswersAsync(header, HttpStatusCode.Unauthorized, problem);
    }

    [Fact]
    public async Task Cannot_use_a_key_of_another_scope_and_gets_no_401_for_it()
    {
        using var other = await Api.ClientOfAsync(KeyEnvironment.Production, KeyScopes.Vpn);

        (await other.GetAsync("/videos", HttpStatusCode.Forbidden)).ShouldBeProblem("authorization-missing-scope");
    }

    [Fact]
    public async Task Cannot_exceed_the_limit_of_its_key()
    {
        await using var api = await ApiHost.StartAsync(new RunningHostOptions().With(VideoSettings.ProductionLimits, "100/100/2"));
        using var other = await api.ClientOfAsync(KeyEnvironment.Production);

        using var first = await api.Client.GetAsync("/videos");
        first.Headers.GetValues("X-RateLimit-Limit").ShouldBe(["2"]);
        first.Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["1"]);
        await api.Client.GetAsync("/videos", HttpStatusCode.OK);

        (await api.Client.GetAsync("/videos", HttpStatusCode.TooManyRequests)).ShouldBeProblem("too-many-requests");
        await other.GetAsync("/videos", HttpStatusCode.OK);
        await api.CreateVideoAsync();
    }

    [Fact]
    public async Task Can_read_problems_of_unknown_routes_and_wrong_methods()
    {
        (await Api.Client.GetAsync("/videos/a/b/c", HttpStatusCode.NotFound)).ShouldBeProblem("unrecognized-request-url");
        (await Api.Client.GetAsync("/nothing", HttpStatusCode.NotFound)).ShouldBeProblem("unrecognized-request-url");
        (await Api.Client.SendJsonAsync(HttpMethod.Put, "/videos", "{}", HttpStatusCode.MethodNotAllowed)).ShouldBeProblem(
            "method-not-allowed"
        );
    }

    [Fact]
    public async Task Can_answer_with_headers_that_every_client_reads()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/upload?token=x");
        request.Headers.Add("Origin", "https://example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-range,av-origin-client");
        using var preflight = await Anonymous.SendAsync(request);
        preflight.IsSuccessStatusCode.ShouldBeTrue();
        preflight.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("content-range");

        using var list = await Api.Client.GetAsync("/videos");
        list.Headers.Concat(list.Content.Headers).ShouldAllBe(header => header.Value.Count() == 1);
        list.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
    }

    private async Task AnswersAsync(string? header, HttpStatusCode expected, string? problem)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/videos");
        if (header is not null)
            request.Headers.TryAddWithoutValidation("Authorization", header);

        using var response = await Anonymous.SendAsync(request);
        var answer = await response.ReadAsync(expected);

        if (problem is not null)
            answer.ShouldBeProblem(problem);
    }
}
