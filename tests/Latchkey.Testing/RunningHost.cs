using System.Net.Http.Headers;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Latchkey.Testing;

/// <summary>The real server in this process: its own data folder, a free port on loopback, a known admin key.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestJump = TimeSpan.FromDays(400);

    private readonly WebApplication _app;
    private readonly LogRecorder _logs;
    private readonly TemporaryFolder? _folder;
    private readonly bool _hasJumpingClock;

    private RunningHost(
        WebApplication app,
        LogRecorder logs,
        TemporaryFolder? folder,
        string dataPath,
        string adminKey,
        bool hasJumpingClock
    )
    {
        _hasJumpingClock = hasJumpingClock;
        _app = app;
        _logs = logs;
        _folder = folder;
        DataPath = dataPath;
        AdminKey = adminKey;
        Address = new Uri(_app.Urls.First());
        Anonymous = new HttpClient { BaseAddress = Address };
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    public Uri Address { get; }

    /// <summary>Sends the admin key with every request.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends no credentials.</summary>
    public HttpClient Anonymous { get; }

    public string AdminKey { get; }

    public string DataPath { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>What the server logged, from Information up.</summary>
    public IReadOnlyList<LoggedLine> Logs => _logs.Lines;

    public static async Task<RunningHost> StartAsync(RunningHostOptions? options = null)
    {
        options ??= new RunningHostOptions();
        var ownFolder = options.DataPath is null ? new TemporaryFolder() : null;
        var dataPath = options.DataPath ?? ownFolder!.Path;
        var recorder = new LogRecorder();
        WebApplication? server = null;

        try
        {
            var settings = new Dictionary<string, string>(options.Settings, StringComparer.Ordinal);
            settings.TryAdd(PlatformSettings.Listen.Name, "http://127.0.0.1:0");
            settings.TryAdd(PlatformSettings.Data.Name, dataPath);
            settings.TryAdd(PlatformSettings.ApiKey.Name, "test-admin-key-" + Guid.NewGuid().ToString("N"));

            server = LatchkeyHost.Build(
                new LatchkeySettings(settings),
                builder =>
                {
                    builder.Logging.ClearProviders().AddProvider(recorder);

                    if (options.Time is not null)
                        UseClock(builder.Services, options.Time);

                    if (options.Outgoing is not null)
                        builder.Services.ConfigureHttpClientDefaults(client =>
                            client.ConfigurePrimaryHttpMessageHandler(() => options.Outgoing.Handler)
                        );

                    options.Adjust?.Invoke(builder);
                }
            );
            await server.StartAsync();

            return new RunningHost(server, recorder, ownFolder, dataPath, settings[PlatformSettings.ApiKey.Name], options.Time is not null);
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();

            ownFolder?.Dispose();
            throw;
        }
    }

    /// <summary>Fails when the server logged a warning or worse. With a clock that jumps, what Orleans says about that does not count.</summary>
    public void AssertNoWarningsLogged() => _logs.AssertNoWarnings(_hasJumpingClock ? "Orleans." : null);

    // Orleans lives by the same clock. A jump must not look to it like a call that was never answered, nor like its own death.
    private static void UseClock(IServiceCollection services, TimeProvider time)
    {
        services.Replace(ServiceDescriptor.Singleton(time));
        services.Configure<SiloMessagingOptions>(options =>
            (options.ResponseTimeout, options.SystemResponseTimeout) = (LongestJump, LongestJump)
        );
        services.Configure<ClusterMembershipOptions>(options => options.LivenessEnabled = false);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }
}
