using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Testing;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>The real server with the VPN module alone. Without a core it speaks to a port that nobody listens on.</summary>
internal sealed class VpnHost : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-tests-0123456789abcdef";

    private VpnHost(RunningHost host)
    {
        Host = host;
        Client = new HttpClient { BaseAddress = host.Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
    }

    public RunningHost Host { get; }

    /// <summary>Sends the secret with every request.</summary>
    public HttpClient Client { get; }

    /// <param name="apiPort">Where a core's API is, where that is not a <see cref="RealCore"/>.</param>
    public static async Task<VpnHost> StartAsync(RealCore? core = null, RunningHostOptions? options = null, int? apiPort = null)
    {
        options ??= new RunningHostOptions();
        options
            .With(PlatformSettings.Modules, "vpn")
            .With(VpnSettings.ApiSecretKey, Secret)
            .With(CoreSettings.ApiPort, (apiPort ?? core?.ApiPort ?? RealCore.FreePort()).ToString(CultureInfo.InvariantCulture));

        if (!options.Settings.ContainsKey(CoreSettings.ConfigurationPath.Name))
            options.With(CoreSettings.ConfigurationPath, core?.ConfigurationPath ?? "/nowhere/config.json");

        if (!options.Settings.ContainsKey(LinkSettings.PublicKey.Name))
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

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }
}
