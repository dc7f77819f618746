using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.App.Tests.VideoCreation;
using Latchkey.App.VideoCreation;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;

namespace Latchkey.App.Tests;

/// <summary>The real server with the App module alone, on a video system that the test controls.</summary>
internal sealed class AppHost : IAsyncDisposable
{
    private AppHost(RunningHost host, FakeVideoHost videos) => (Host, Videos) = (host, videos);

    public RunningHost Host { get; }

    public FakeVideoHost Videos { get; }

    public static Task<AppHost> StartAsync(params (Setting Setting, string Value)[] settings) => StartAsync(hasVideo: true, settings);

    public static Task<AppHost> StartWithoutVideoAsync(params (Setting Setting, string Value)[] settings) =>
        StartAsync(hasVideo: false, settings);

    /// <summary>Posts a body without credentials.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> CreateAsync(
        string body,
        HttpClient? client = null,
        string? contentType = null
    )
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.Remove("Content-Type");

        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await (client ?? Host.Anonymous).PostAsync("/api/video/create", content);
        return await ReadAsync(response);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path, HttpClient? client = null)
    {
        using var response = await (client ?? Host.Anonymous).GetAsync(path);
        return await ReadAsync(response);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<AppHost> StartAsync(bool hasVideo, (Setting Setting, string Value)[] settings)
    {
        var videos = new FakeVideoHost();
        var options = new RunningHostOptions
        {
            Adjust = builder =>
            {
                builder.Services.RemoveAll<IVideoHost>();

                if (hasVideo)
                    builder.Services.AddSingleton<IVideoHost>(videos);
            },
        };

        foreach (var (setting, value) in settings)
            options.With(setting, value);

        return new AppHost(await RunningHost.StartAsync(options.With(PlatformSettings.Modules, "app")), videos);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> ReadAsync(HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
