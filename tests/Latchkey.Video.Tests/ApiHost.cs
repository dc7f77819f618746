using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests;

/// <summary>A running server whose encoding side does nothing, spoken to as api.video's clients do.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const int MiB = 1024 * 1024;
    public const int PartSize = 5 * MiB;

    private ApiHost(RunningHost host) => Host = host;

    public RunningHost Host { get; }

    public HttpClient Client => Host.Client;

    public string SourceFolder => Path.Combine(Host.DataPath, "files", "video", "sources");

    public static Task<ApiHost> StartAsync() => StartAsync(new RunningHostOptions());

    public static async Task<ApiHost> StartAsync(RunningHostOptions options)
    {
        var withoutEncoding = new RunningHostOptions
        {
            Time = options.Time,
            Outgoing = options.Outgoing,
            DataPath = options.DataPath,
            Adjust = builder =>
            {
                builder.Services.AddSingleton<NoEncoding>();
                builder.Services.Replace(ServiceDescriptor.Singleton<IEncodingStarter>(at => at.GetRequiredService<NoEncoding>()));
                builder.Services.Replace(ServiceDescriptor.Singleton<IEncodingStatus>(at => at.GetRequiredService<NoEncoding>()));
                options.Adjust?.Invoke(builder);
            },
        };

        foreach (var (name, value) in options.Settings)
            withoutEncoding.With(VideoSettings.All.Concat(PlatformSettings.All).Single(setting => setting.Name == name), value);

        return new ApiHost(await RunningHost.StartAsync(withoutEncoding));
    }

    /// <summary>A client with another key.</summary>
    public async Task<HttpClient> ClientOfAsync(KeyEnvironment environment, KeyScopes scopes = KeyScopes.Video)
    {
        var keys = Host.Services.GetRequiredService<ApiKeys>();
        var key = await keys.CreateAsync(new NewKey("test", scopes, environment), CancellationToken.None);
        var client = new HttpClient { BaseAddress = Host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);

        return client;
    }

    public async Task<string> CreateVideoAsync(string body = """{"title":"Video"}""") =>
        (await Client.SendJsonAsync(HttpMethod.Post, "/videos", body, HttpStatusCode.Created)).Text("videoId");

    public async Task<string> CreateTokenAsync(string body = "{}") =>
        (await Client.SendJsonAsync(HttpMethod.Post, "/upload-tokens", body, HttpStatusCode.OK)).Text("token");

    /// <summary>The bytes of a video's source as they lie in the store.</summary>
    public async Task<byte[]> ReadSourceAsync(string videoId)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<VideoDb>();
        var source = db.Sources.Single(source => source.VideoId == videoId && source.State == SourceState.Uploaded);
        var path = Path.Combine(Host.DataPath, "files", source.FileKey);
        var bytes = await File.ReadAllBytesAsync(path);

        // Nothing that was on its way lies beside it any more.
        Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!).ShouldBe([path]);

        bytes.LongLength.ShouldBe(source.Size!.Value);
        return bytes;
    }

    /// <summary>What the timetable does with what is due.</summary>
    public async Task RemoveDueAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var at = scope.ServiceProvider;
        await at.GetRequiredService<VideoRemoval>().RemoveDueAsync(at.GetRequiredService<VideoDb>(), CancellationToken.None);
    }

    public IReadOnlyList<string> StoredSourceFiles() =>
        Directory.Exists(SourceFolder) ? Directory.GetFiles(SourceFolder, "*", SearchOption.AllDirectories) : [];

    public ValueTask DisposeAsync()
    {
        // A 500 alone tells whoever reads the test's output nothing.
        foreach (var line in Host.Logs.Where(line => line.Level >= LogLevel.Error))
            TestContext.Current.TestOutputHelper?.WriteLine(line.ToString());

        return Host.DisposeAsync();
    }
}

/// <summary>One server for the tests of a class that leave nothing behind which another would trip over.</summary>
public sealed class SharedApi : IAsyncLifetime
{
    internal ApiHost Api { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Api = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

internal static class ApiClient
{
    /// <summary>Sends JSON as curl and the PHP client do: with a media type that is not JSON's.</summary>
    public static async Task<JsonElement> SendJsonAsync(
        this HttpClient client,
        HttpMethod method,
        string path,
        string? body,
        HttpStatusCode expected
    )
    {
        using var request = new HttpRequestMessage(method, path);

        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await client.SendAsync(request);
        return await response.ReadAsync(expected);
    }

    public static Task<JsonElement> GetAsync(this HttpClient client, string path, HttpStatusCode expected) =>
        client.SendJsonAsync(HttpMethod.Get, path, null, expected);

    public static async Task<JsonElement> UploadAsync(
        this HttpClient client,
        string path,
        byte[] content,
        string? range,
        HttpStatusCode expected = HttpStatusCode.Created,
        string fileName = "film.mp4",
        string? videoIdBefore = null,
        string? videoIdAfter = null
    )
    {
        using var form = Form(content, fileName, videoIdBefore, videoIdAfter);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };

        if (range is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Range", range).ShouldBeTrue();

        using var response = await client.SendAsync(request);
        return await response.ReadAsync(expected);
    }

    public static MultipartFormDataContent Form(byte[] content, string fileName, string? videoIdBefore = null, string? videoIdAfter = null)
    {
        var form = new MultipartFormDataContent();

        if (videoIdBefore is not null)
            form.Add(new StringContent(videoIdBefore), "videoId");

        form.Add(new ByteArrayContent(content), fileName, fileName);

        if (videoIdAfter is not null)
            form.Add(new StringContent(videoIdAfter), "videoId");

        return form;
    }

    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);

        if (text.Length == 0)
        {
            response.Content.Headers.ContentType.ShouldBeNull();
            return default;
        }

        response.Content.Headers.GetValues("Content-Type").ShouldBe(["application/json"]);
        return JsonDocument.Parse(text).RootElement;
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>The last part of a problem's type, and its name.</summary>
    public static void ShouldBeProblem(this JsonElement problem, string type, string? name = null)
    {
        problem.Text("type").ShouldBe("https://docs.api.video/reference/" + type);
        problem.Text("title").ShouldNotBeNullOrEmpty();

        if (name is not null)
            problem.Text("name").ShouldBe(name);
    }

    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
