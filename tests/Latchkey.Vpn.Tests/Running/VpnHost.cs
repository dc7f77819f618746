using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>The real server with the VPN module alone. Without a core it speaks to a port that nobody listens on.</summary>
internal sealed class VpnHost : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-tests-0123456789abcdef";

    private VpnHost(RunningHost host)
    {
        Host = host;
        // A clock that jumps makes the server close connections that nobody has used for long.
        Client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = host.Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
    }

    public RunningHost Host { get; }

    /// <summary>Sends the secret with every request.</summary>
    public HttpClient Client { get; }

    /// <param name="hasPublicKey">Without REALITY's public key there are no links.</param>
    /// <param name="apiPort">Where a core's API is, where that is not a <see cref="RealCore"/>.</param>
    public static async Task<VpnHost> StartAsync(
        RealCore? core = null,
        RunningHostOptions? options = null,
        int? apiPort = null,
        bool hasPublicKey = true
    )
    {
        options ??= new RunningHostOptions();
        options
            .With(PlatformSettings.Modules, "vpn")
            .With(VpnSettings.ApiSecretKey, Secret)
            .With(CoreSettings.ApiPort, (apiPort ?? core?.ApiPort ?? RealCore.FreePort()).ToString(CultureInfo.InvariantCulture));

        if (!options.Settings.ContainsKey(CoreSettings.ConfigurationPath.Name))
            options.With(CoreSettings.ConfigurationPath, core?.ConfigurationPath ?? "/nowhere/config.json");

        if (hasPublicKey && !options.Settings.ContainsKey(LinkSettings.PublicKey.Name))
            options.With(LinkSettings.PublicKey, "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw");

        return new VpnHost(await RunningHost.StartAsync(options));
    }

    /// <returns>The whole answer of the creation.</returns>
    public async Task<JsonNode> CreateKeyAsync(string body = "{}") => (await SendAsync(HttpMethod.Post, "/api/keys", body)).Body!;

    public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);

        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();

        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Wakes whoever looks after the core, until the core has what it should.</summary>
    /// <param name="times">How often it must have been brought to that since the host's start.</param>
    public async Task CoreIsReadyAsync(int times = 1)
    {
        var cores = Host.Services.GetRequiredService<VpnCores>();

        await Eventually.IsTrueAsync(
            async () =>
            {
                await cores.WakeAsync();
                return Host.Logs.Count(line => line.Text.Contains("has its users", StringComparison.Ordinal)) >= times;
            },
            "the core does not get its users"
        );
    }

    /// <summary>One run of a piece of the timetable's work, now.</summary>
    public async Task RunAsync<TWork>(Func<TWork, Task> work)
        where TWork : notnull
    {
        await using var scope = Host.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<TWork>());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
