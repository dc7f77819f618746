using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>A vendor on loopback: strict about what it is sent, and as nasty as a test asks it to be.</summary>
internal abstract class Emulator(TimeProvider time) : IAsyncDisposable
{
    public const string GoodKey = "emulated-key-0123456789";

    /// <summary>Of another account of the same operator.</summary>
    public const string SecondKey = "emulated-key-9876543210";

    private readonly ConcurrentQueue<Fault> _submitFaults = new();
    private readonly ConcurrentQueue<Fault> _queryFaults = new();
    private WebApplication? _app;
    private int _inFlight;
    private int _numbers;

    public string Address { get; private set; } = "";

    public bool IsIdle => Volatile.Read(ref _inFlight) == 0;

    /// <summary>Everything that was taken, in order.</summary>
    public ConcurrentDictionary<string, EmulatedTask> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>Every request for a new task, whatever came of it.</summary>
    public ConcurrentQueue<JsonNode> Submissions { get; } = new();

    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>How long a task takes.</summary>
    public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>No task ends while this is set, however long it has run.</summary>
    public bool Holds { get; set; }

    /// <summary>Each task that ends badly, from now on, with this.</summary>
    public EmulatedFailure? FailWith { get; set; }

    /// <summary>How many files a task makes.</summary>
    public int Outputs { get; set; } = 1;

    /// <summary>What its files are, in place of good ones.</summary>
    public OutputTrouble Trouble { get; set; }

    protected TimeProvider Time { get; } = time;

    public static async Task<T> StartAsync<T>(T emulator)
        where T : Emulator
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();

        app.Use(emulator.CountAsync);
        app.MapGet("/files/{id}/{index:int}", emulator.ServeFileAsync);
        emulator.Map(app);
        await app.StartAsync();
        emulator._app = app;
        emulator.Address = app.Urls.First();

        return emulator;
    }

    /// <summary>Offers a picture at <c>/files/reference/0</c>.</summary>
    public void ServeReference() =>
        Tasks["reference"] = new EmulatedTask("reference", new JsonObject(), Time.GetUtcNow(), Takes, null, 1, OutputTrouble.None);

    public void Reset()
    {
        _submitFaults.Clear();
        _queryFaults.Clear();
        Tasks.Clear();
        Submissions.Clear();
        Complaints.Clear();
        (Takes, Holds, FailWith, Outputs, Trouble) = (TimeSpan.FromSeconds(6), false, null, 1, OutputTrouble.None);
    }

    /// <summary>What the next submissions meet, one after the other; then all is well again.</summary>
    public void OnSubmit(params Fault[] faults) => Array.ForEach(faults, _submitFaults.Enqueue);

    public void OnQuery(params Fault[] faults) => Array.ForEach(faults, _queryFaults.Enqueue);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    protected abstract void Map(WebApplication app);

    /// <summary>Takes a task, unless a fault says otherwise.</summary>
    /// <param name="answer">What a vendor answers that has taken it.</param>
    protected async Task<IResult> TakeAsync(HttpContext http, JsonNode submission, string prefix, Func<EmulatedTask, Task<IResult>> answer)
    {
        Submissions.Enqueue(submission);
        _submitFaults.TryDequeue(out var fault);

        if (fault is { Takes: false })
            return await fault.ApplyAsync(http);

        var number = Interlocked.Increment(ref _numbers);
        var task = new EmulatedTask(
            prefix + number.ToString(CultureInfo.InvariantCulture) + Guid.NewGuid().ToString("N")[..8],
            submission,
            Time.GetUtcNow(),
            Takes,
            FailWith,
            Outputs,
            Trouble
        );
        task.Key = http.Request.Headers.Authorization.ToString();
        var good = await answer(task);
        Tasks[task.Id] = task;

        return fault is null ? good : await fault.ApplyAsync(http);
    }

    /// <summary>The fault that the next query meets; <c>null</c> when it meets none.</summary>
    protected async Task<IResult?> QueryFaultAsync(HttpContext http) =>
        _queryFaults.TryDequeue(out var fault) ? await fault.ApplyAsync(http) : null;

    protected double Passed(EmulatedTask task) => Holds ? 0 : (Time.GetUtcNow() - task.At) / task.Takes;

    protected IEnumerable<string> Urls(EmulatedTask task) =>
        Enumerable
            .Range(0, task.Outputs)
            .Select(index => string.Create(CultureInfo.InvariantCulture, $"{Address}/files/{task.Id}/{index}"));

    /// <summary>Which fields a vendor documents; what is sent beside them is refused, and remembered for the test.</summary>
    protected string? Complaint(JsonObject input, string model, string documented)
    {
        var fields = documented.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var known = fields.Select(field => field.TrimEnd('*', '?')).ToHashSet(StringComparer.Ordinal);
        var strange = input.Select(property => property.Key).Where(name => !known.Contains(name)).ToList();
        var missing = fields
            .Where(field => field.EndsWith('*'))
            .Select(field => field.TrimEnd('*'))
            .Where(name => !input.ContainsKey(name))
            .ToList();

        if (strange.Count == 0 && missing.Count == 0)
            return null;

        var complaint = $"{model}: not documented: {string.Join(", ", strange)}; missing: {string.Join(", ", missing)}";
        Complaints.Enqueue(complaint);
        return complaint;
    }

    protected static bool HasKey(HttpContext http, string scheme = "Bearer") =>
        http.Request.Headers.Authorization.ToString() is var key && (key == $"{scheme} {GoodKey}" || key == $"{scheme} {SecondKey}");

    private async Task CountAsync(HttpContext http, RequestDelegate next)
    {
        Interlocked.Increment(ref _inFlight);

        try
        {
            await next(http);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<IResult> ServeFileAsync(string id, int index, HttpContext http)
    {
        if (!Tasks.TryGetValue(id, out var task))
            return Results.NotFound();

        switch (task.Trouble)
        {
            case OutputTrouble.Expired when task.Serve() < 2:
                return Results.StatusCode(StatusCodes.Status404NotFound);
            case OutputTrouble.Html:
                return Results.Text("<html>Sign in</html>", "image/png");
            case OutputTrouble.Private:
                return Results.Redirect("http://10.0.0.1/secret");
            case OutputTrouble.Bomb:
                return Results.Bytes(Media.HugePng, "image/png");
            case OutputTrouble.Large:
                return Results.Bytes(Media.LargePng, "image/png");
            case OutputTrouble.Truncated when task.Serve() < 2:
                http.Response.ContentLength = 100_000;
                await http.Response.Body.WriteAsync(Media.Png.AsMemory(0, 20));
                await http.Response.Body.FlushAsync();
                http.Abort();
                return Results.Empty;
            default:
                return Results.Bytes(task.IsVideo ? Media.Mp4 : Media.Png, "application/octet-stream");
        }
    }
}

internal enum OutputTrouble
{
    None,

    /// <summary>The links have expired; new ones work.</summary>
    Expired,

    /// <summary>A page in place of a picture.</summary>
    Html,

    /// <summary>The link leads into a private network.</summary>
    Private,

    /// <summary>A picture of 60,000 by 60,000 pixels.</summary>
    Bomb,

    /// <summary>A good picture, of 1280 by 720 pixels.</summary>
    Large,

    /// <summary>The connection breaks the first time.</summary>
    Truncated,
}

internal sealed record EmulatedFailure(string Code, string Message);

internal sealed record EmulatedTask(
    string Id,
    JsonNode Submission,
    DateTimeOffset At,
    TimeSpan Takes,
    EmulatedFailure? Failure,
    int Outputs,
    OutputTrouble Trouble
)
{
    private int _served;

    public bool IsVideo { get; set; }

    public bool IsCancelled { get; set; }

    public string? CallbackUrl { get; set; }

    /// <summary>The account that it belongs to.</summary>
    public string Key { get; set; } = "";

    public int Serve() => Interlocked.Increment(ref _served);
}

/// <summary>Something that goes wrong with a request.</summary>
/// <param name="Takes">The task is taken all the same: only its answer is lost.</param>
internal sealed record Fault(bool Takes, Func<HttpContext, Task<IResult>> ApplyAsync)
{
    public static Fault Status(int status, string body = "{}", string? retryAfter = null) =>
        new(
            false,
            http =>
            {
                if (retryAfter is not null)
                    http.Response.Headers.RetryAfter = retryAfter;

                return Task.FromResult(Results.Text(body, "application/json", statusCode: status));
            }
        );

    /// <summary>The vendor takes it, and the connection is cut before its answer.</summary>
    public static Fault LostAnswer { get; } = new(true, Cut);

    /// <summary>Nothing is taken, and the connection is cut.</summary>
    public static Fault LostRequest { get; } = new(false, Cut);

    public static Fault EmptyAnswer { get; } = new(true, _ => Task.FromResult(Results.Text("", "application/json")));

    public static Fault TruncatedAnswer { get; } =
        new(true, _ => Task.FromResult(Results.Text("""{"code":200,"data":{"ta""", "application/json")));

    private static Task<IResult> Cut(HttpContext http)
    {
        http.Abort();
        return Task.FromResult(Results.Empty);
    }
}
