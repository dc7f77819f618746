using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Publishing;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests;

/// <summary>
/// The real server with the Generation module alone, the vendors' emulators, and a clock that the test turns: only while nothing is on its way,
/// so that no wait for a real answer is taken for a slow one.
/// </summary>
internal sealed class GenerationHost : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();

    private GenerationHost(FakeTimeProvider time, EmulatorSet emulators) => (Time, Emulators) = (time, emulators);

    /// <summary>The video platform beside it; none when not set.</summary>
    private IVideoSink? VideoSink { get; init; }

    public RunningHost Host { get; private set; } = null!;

    public FakeTimeProvider Time { get; }

    public EmulatorSet Emulators { get; }

    public HttpClient Client => Host.Client;

    /// <summary>How far the clock is turned at once.</summary>
    public TimeSpan Step { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The same path on the server of the test, which nobody can know before it has started.</summary>
    public string Here(string url) => new Uri(Host.Address, new Uri(url).PathAndQuery).AbsoluteUri;

    /// <param name="withKeys">Every vendor's key is set.</param>
    public static async Task<GenerationHost> StartAsync(bool withKeys = true, params (Setting Setting, string Value)[] settings)
    {
        var host = await CreateAsync();
        await host.StartHostAsync(host.Emulators.Settings(withKeys).Concat(settings));

        return host;
    }

    /// <summary>With a Supabase project beside it, whose files and rows are kept there.</summary>
    public static Task<GenerationHost> StartWithSupabaseAsync(params (Setting Setting, string Value)[] settings) =>
        StartWithSupabaseAsync(null, settings);

    public static async Task<GenerationHost> StartWithSupabaseAsync(IVideoSink? sink, params (Setting Setting, string Value)[] settings)
    {
        var host = await CreateAsync(sink);
        await host.StartHostAsync(host.SettingsWithSupabase().Concat(settings));

        return host;
    }

    /// <summary>Ends the server, and starts another one on the same data.</summary>
    public async Task RestartAsync(IEnumerable<(Setting Setting, string Value)> settings)
    {
        await Host.DisposeAsync();
        await StartHostAsync(settings);
    }

    public IEnumerable<(Setting Setting, string Value)> SettingsWithSupabase() =>
        Emulators.Settings(withKeys: true).Concat(Emulators.ProjectSettings());

    /// <summary>A client that signs in as a user of the Supabase project.</summary>
    public HttpClient ClientOf(Guid user, string algorithm = "ES256") => ClientWith(Emulators.Supabase.Tokens.Of(user, Issuer, algorithm));

    public HttpClient ClientWith(string token)
    {
        var client = new HttpClient { BaseAddress = Host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        return client;
    }

    /// <summary>Of the Supabase project's tokens.</summary>
    public string Issuer => Emulators.Supabase.Address + "/auth/v1";

    public async Task<HttpClient> ClientOfAsync(
        KeyScopes scopes = KeyScopes.Generation,
        KeyEnvironment environment = KeyEnvironment.Production
    )
    {
        var keys = Host.Services.GetRequiredService<ApiKeys>();
        var key = await keys.CreateAsync(new NewKey("test", scopes, environment), CancellationToken.None);
        var client = new HttpClient { BaseAddress = Host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        client.DefaultRequestHeaders.Add("X-Test-Key-Id", key.Key.Id);

        return client;
    }

    public static string KeyIdOf(HttpClient client) => client.DefaultRequestHeaders.GetValues("X-Test-Key-Id").Single();

    /// <summary>Orders a picture or a clip, and returns the job's id.</summary>
    public async Task<string> OrderAsync(string path, object body, HttpClient? client = null)
    {
        var answer = await SendAsync(HttpMethod.Post, path, body, HttpStatusCode.OK, client);
        return answer["jobId"]!.GetValue<string>();
    }

    public Task<JsonNode> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK, HttpClient? client = null) =>
        SendAsync(HttpMethod.Get, path, null, expected, client);

    public async Task<JsonNode> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        HttpStatusCode expected,
        HttpClient? client = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);

        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);

        using var response = await (client ?? Client).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);

        return JsonNode.Parse(text)!;
    }

    /// <summary>Turns the clock until the job has the status.</summary>
    public async Task<JsonNode> WaitAsync(string jobId, string status = "completed", HttpClient? client = null)
    {
        JsonNode job = null!;
        await TurnUntilAsync(async () =>
        {
            job = await GetAsync("/api/jobs/" + jobId, client: client);
            var now = job["status"]!.GetValue<string>();

            if (now != status && now is "completed" or "failed" or "cancelled")
                now.ShouldBe(status, job.ToJsonString());

            return now == status;
        });

        return job;
    }

    public Task TurnUntilAsync(Func<Task<bool>> condition) =>
        Eventually.IsTrueAsync(async () =>
        {
            if (await condition())
                return true;

            if (await IsQuietAsync())
                Time.Advance(Step);

            return false;
        });

    /// <summary>Nothing is being sent, fetched or looked at, so that only time can change something.</summary>
    private async Task<bool> IsQuietAsync()
    {
        var now = Time.GetUtcNow();

        return Emulators.AreIdle
            && !await ReadAsync(db =>
                db.Jobs.AnyAsync(job => job.State == JobState.Submitting || (job.State == JobState.Storing && job.DueAt <= now))
            );
    }

    public async Task<T> ReadAsync<T>(Func<GenerationDb, Task<T>> read)
    {
        await using var db = await Host.Services.GetRequiredService<IDbContextFactory<GenerationDb>>().CreateDbContextAsync();
        return await read(db);
    }

    public Task<GenerationJob> RowAsync(string jobId) => ReadAsync(db => db.Jobs.AsNoTracking().SingleAsync(job => job.Id == jobId));

    /// <summary>What happened to a job's money, by kind.</summary>
    public async Task<List<EntryKind>> MoneyAsync(string jobId)
    {
        var kinds = await ReadAsync(db => db.Ledger.Where(entry => entry.JobId == jobId).Select(entry => entry.Kind).ToListAsync());
        return [.. kinds.Order()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in Host.Logs.Where(line => line.Level >= LogLevel.Warning))
            TestContext.Current.TestOutputHelper?.WriteLine(line.ToString());

        await Host.DisposeAsync();
        await Emulators.DisposeAsync();
        _data.Dispose();
    }

    private static async Task<GenerationHost> CreateAsync(IVideoSink? sink = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero))
        {
            // Orleans waits for moments with fractions of a millisecond, timers know whole ones only: where time stood quite still between the
            // two, it would look at the clock for ever.
            AutoAdvanceAmount = TimeSpan.FromTicks(1),
        };
        return new GenerationHost(time, await EmulatorSet.StartAsync(time)) { VideoSink = sink };
    }

    private async Task StartHostAsync(IEnumerable<(Setting Setting, string Value)> settings)
    {
        var options = new RunningHostOptions
        {
            Time = Time,
            DataPath = _data.Path,
            Adjust = VideoSink is null ? null : builder => builder.Services.AddSingleton(VideoSink),
        }
            .With(PlatformSettings.Modules, "generation")
            .With(PlatformSettings.OutboundAllow, "127.0.0.1");

        foreach (var (setting, value) in settings)
            options.With(setting, value);

        Host = await RunningHost.StartAsync(options);
    }
}
