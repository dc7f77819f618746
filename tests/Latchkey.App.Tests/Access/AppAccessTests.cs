using System.Net;
using System.Net.Http.Headers;
using Latchkey.Platform.Access;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.App.Tests.Access;

public class AppAccessTests
{
    private const int AnonymousVideosAMinute = 10;

    [Fact]
    public async Task Cannot_create_more_than_ten_videos_a_minute_without_a_key()
    {
        await using var app = await AppHost.StartAsync();

        for (var count = 0; count < AnonymousVideosAMinute; count++)
            (await app.CreateAsync("{}")).Status.ShouldBe(HttpStatusCode.OK);

        using var response = await app.Host.Anonymous.PostAsync("/api/video/create", content: null);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        response.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"success":false,"error":"Too many requests"}""");
        (await app.CreateAsync("{}", app.Host.Client)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cannot_upload_more_than_the_limit_without_a_key()
    {
        await using var app = await AppHost.StartAsync((AppSettings.AnonymousUploadLimit, "1000"));

        await app.CreateAsync("{}");
        await app.CreateAsync("{}", app.Host.Client);

        app.Videos.Prepared.Select(video => video.UploadLimit).ShouldBe([1000, null]);
    }

    [Fact]
    public async Task Can_be_closed_to_all_but_keys_of_the_app()
    {
        await using var app = await AppHost.StartAsync((AppSettings.RequireSignIn, "true"));
        using var appKey = await ClientAsync(app, KeyScopes.App);
        using var videoKey = await ClientAsync(app, KeyScopes.Video);

        var (anonymous, problem) = await app.CreateAsync("{}");
        anonymous.ShouldBe(HttpStatusCode.Unauthorized);
        ((string)problem["error"]!).ShouldBe("Unauthorized");
        (await app.GetAsync("/api/video/x/status")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await app.CreateAsync("{}", videoKey)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await app.CreateAsync("{}", appKey)).Status.ShouldBe(HttpStatusCode.OK);
        (await app.CreateAsync("{}", app.Host.Client)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Can_create_with_a_key_that_does_not_work_where_none_is_needed()
    {
        await using var app = await AppHost.StartAsync();
        using var client = Client(app, "an-old-token-of-a-phone");

        (await app.CreateAsync("{}", client)).Status.ShouldBe(HttpStatusCode.OK);

        app.Videos.Prepared.ShouldHaveSingleItem().UploadLimit.ShouldNotBeNull();
    }

    [Fact]
    public async Task Can_create_sandbox_videos_with_a_sandbox_key()
    {
        await using var app = await AppHost.StartAsync();
        using var client = await ClientAsync(app, KeyScopes.App, KeyEnvironment.Sandbox);

        await app.CreateAsync("{}", client);
        await app.CreateAsync("{}");

        app.Videos.Prepared.Select(video => video.Environment).ShouldBe([KeyEnvironment.Sandbox, KeyEnvironment.Production]);
    }

    private static async Task<HttpClient> ClientAsync(AppHost app, KeyScopes scopes, KeyEnvironment environment = KeyEnvironment.Production)
    {
        var keys = app.Host.Services.GetRequiredService<ApiKeys>();
        var issued = await keys.CreateAsync(new NewKey("test", scopes, environment), TestContext.Current.CancellationToken);

        return Client(app, issued.Secret);
    }

    private static HttpClient Client(AppHost app, string secret) =>
        new()
        {
            BaseAddress = app.Host.Address,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) },
        };
}
