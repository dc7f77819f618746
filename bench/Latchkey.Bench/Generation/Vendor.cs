using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Latchkey.Bench.Generation;

/// <summary>
/// A vendor that speaks KIE.ai's protocol, does nothing, and notes when it is asked for what. A task runs until the bench says that it is done.
/// </summary>
internal sealed class Vendor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _caller = new();
    private readonly byte[] _picture;
    private int _queries;

    private Vendor(WebApplication app, byte[] picture) => (_app, _picture) = (app, picture);

    public string Address => _app.Urls.First();

    /// <summary>By their prompts.</summary>
    public ConcurrentDictionary<string, VendorTask> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>How often it was asked how a task is getting on.</summary>
    public int Queries => Volatile.Read(ref _queries);

    public static async Task<Vendor> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var vendor = new Vendor(app, await PictureAsync());
        app.MapPost("/api/v1/jobs/createTask", vendor.TakeAsync);
        app.MapGet("/api/v1/jobs/recordInfo", vendor.TellAsync);
        app.MapGet("/files/{id}", vendor.ServeAsync);
        await app.StartAsync();

        return vendor;
    }

    /// <summary>Ends a task, and says so to whoever ordered it.</summary>
    public async Task CallBackAsync(VendorTask task, Uri server)
    {
        task.IsDone = true;
        var url = new Uri(server, new Uri(task.CallbackUrl).PathAndQuery);
        var body = new JsonObject
        {
            ["code"] = 200,
            ["data"] = new JsonObject { ["taskId"] = task.Id, ["state"] = "success" },
        };
        using var answer = await _caller.PostAsJsonAsync(url, body);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        var arrivedAt = Stopwatch.GetTimestamp();
        var body = (await JsonNode.ParseAsync(http.Request.Body))!;
        var prompt = (string)body["input"]!["prompt"]!;
        var task = Tasks.GetOrAdd(
            prompt,
            _ => new VendorTask(Guid.NewGuid().ToString("n"), (string?)body["callBackUrl"] ?? "http://127.0.0.1/", arrivedAt)
        );
        task.Submissions++;
        _byId[task.Id] = task;
        await WriteAsync(http, $$$"""{"code":200,"msg":"success","data":{"taskId":"{{{task.Id}}}"}}""");
    }

    private async Task TellAsync(HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _queries);
        var task = _byId[http.Request.Query["taskId"].ToString()];
        task.Queries++;
        var (state, result) = task.IsDone ? ("success", $$"""{\"resultUrls\":[\"{{Address}}/files/{{task.Id}}\"]}""") : ("generating", "");
        await WriteAsync(
            http,
            $$$"""{"code":200,"msg":"success","data":{"taskId":"{{{task.Id}}}","state":"{{{state}}}","resultJson":"{{{result}}}"}}"""
        );
        task.Spent += Stopwatch.GetElapsedTime(began);
    }

    private async Task ServeAsync(string id, HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        http.Response.ContentType = "image/png";
        http.Response.ContentLength = _picture.Length;
        await http.Response.Body.WriteAsync(_picture);
        _byId[id].Spent += Stopwatch.GetElapsedTime(began);
    }

    private readonly ConcurrentDictionary<string, VendorTask> _byId = new(StringComparer.Ordinal);

    private static Task WriteAsync(HttpContext http, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;

        return http.Response.Body.WriteAsync(bytes).AsTask();
    }

    /// <summary>A PNG of 1024 by 1024 pixels and some 100 KB.</summary>
    private static async Task<byte[]> PictureAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".png");
        await Ffmpeg.RunAsync(["-f", "lavfi", "-i", "mandelbrot=size=1024x1024:maxiter=300", "-frames:v", "1", "-pix_fmt", "pal8", path]);
        var picture = await File.ReadAllBytesAsync(path);
        File.Delete(path);

        return picture;
    }
}

/// <summary>A task that the vendor took.</summary>
/// <param name="ArrivedAt">When its request reached the vendor's code, as <see cref="Stopwatch"/> counts.</param>
internal sealed record VendorTask(string Id, string CallbackUrl, long ArrivedAt)
{
    public bool IsDone { get; set; }

    public int Submissions { get; set; }

    public int Queries { get; set; }

    /// <summary>The vendor's own time since the task was taken: over questions and files.</summary>
    public TimeSpan Spent { get; set; }
}
