using System.Net;
using System.Text.Json;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

public sealed class ImportTests
{
    [Fact]
    public async Task Can_fetch_a_source_from_an_address()
    {
        var bytes = ApiClient.Bytes(3 * ApiHost.MiB);
        await using var films = await FilmServer.StartAsync(bytes);
        await using var api = await StartAsync();

        var id = await ImportAsync(api, films.Url("film.mp4"));
        var ingest = await WaitForAsync(api, id, status => status.Text("status") == "ingested");

        ingest.GetProperty("filesize").GetInt64().ShouldBe(bytes.Length);
        (await api.ReadSourceAsync(id)).ShouldBe(bytes);
        (await api.Client.UploadAsync($"/videos/{id}/source", [1], null, HttpStatusCode.BadRequest)).ShouldBeProblem(
            "video-source-already-downloaded"
        );
    }

    [Fact]
    public async Task Cannot_fetch_what_is_not_there_and_says_so()
    {
        await using var films = await FilmServer.StartAsync([]);
        await using var api = await StartAsync();

        var id = await ImportAsync(api, films.Url("missing.mp4"));
        var ingest = await WaitForAsync(api, id, status => status.TryGetProperty("failureReason", out _));

        ingest.Text("failureReason").ShouldBe("http_404");
        api.StoredSourceFiles().ShouldBeEmpty();

        // After a failure the video may get a source in another way.
        await api.Client.UploadAsync($"/videos/{id}/source", [1, 2], null);
        (await api.ReadSourceAsync(id)).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Cannot_reach_this_machine()
    {
        await using var api = await ApiHost.StartAsync();

        var id = await ImportAsync(api, $"{api.Host.Address}videos");
        var ingest = await WaitForAsync(api, id, status => status.TryGetProperty("failureReason", out _));

        ingest.Text("failureReason").ShouldBe("address_not_allowed");
    }

    [Fact]
    public async Task Can_go_on_with_an_import_after_a_restart()
    {
        var bytes = ApiClient.Bytes(ApiHost.MiB);
        using var folder = new TemporaryFolder();
        await using var films = await FilmServer.StartAsync(bytes);
        string id;

        await using (var api = await StartAsync(folder.Path))
        {
            id = await ImportAsync(api, films.Url("endless.mp4"));
            await films.Asked.WaitAsync(TestContext.Current.CancellationToken);
        }

        films.EndsNow = true;
        await using (var api = await StartAsync(folder.Path))
        {
            await WaitForAsync(api, id, status => status.Text("status") == "ingested");
            (await api.ReadSourceAsync(id)).ShouldBe(bytes);
        }
    }

    private static Task<ApiHost> StartAsync(string? folder = null) =>
        ApiHost.StartAsync(new RunningHostOptions { DataPath = folder }.With(PlatformSettings.OutboundAllow, "127.0.0.1"));

    private static async Task<string> ImportAsync(ApiHost api, string url) =>
        (
            await api.Client.SendJsonAsync(HttpMethod.Post, "/videos", $$"""{"title":"Film","source":"{{url}}"}""", HttpStatusCode.Accepted)
        ).Text("videoId");

    private static async Task<JsonElement> WaitForAsync(ApiHost api, string id, Func<JsonElement, bool> condition)
    {
        JsonElement ingest = default;

        await Eventually.IsTrueAsync(async () =>
        {
            ingest = (await api.Client.GetAsync($"/videos/{id}/status", HttpStatusCode.OK)).GetProperty("ingest");
            return condition(ingest);
        });

        return ingest;
    }
}

/// <summary>Somebody else's server, on loopback.</summary>
internal sealed class FilmServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FilmServer(byte[] film)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();

        _app = builder.Build();
        _app.MapGet("/film.mp4", () => Results.Bytes(film));
        _app.MapGet(
            "/endless.mp4",
            async (HttpContext context) =>
            {
                _asked.TrySetResult();
                await context.Response.Body.WriteAsync(film, context.RequestAborted);

                if (!EndsNow)
                    await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
    }

    public Task Asked => _asked.Task;

    public bool EndsNow { get; set; }

    public static async Task<FilmServer> StartAsync(byte[] film)
    {
        var server = new FilmServer(film);
        await server._app.StartAsync();
        return server;
    }

    public string Url(string file) => $"{_app.Urls.First()}/{file}";

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
