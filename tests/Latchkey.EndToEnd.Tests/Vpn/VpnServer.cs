using System.Globalization;
using System.Net.Http.Headers;
using Latchkey.EndToEnd.Tests.Running;
using Latchkey.Vpn.Tests.Running;

namespace Latchkey.EndToEnd.Tests.Vpn;

/// <summary>The real program beside a real V2Ray.</summary>
internal sealed class VpnServer : IAsyncDisposable
{
    public const string Secret = "a-secret-of-the-tests-0123456789abcdef";

    private VpnServer(RealCore core, Server server)
    {
        (Core, Server) = (core, server);
        Client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Secret);
    }

    public RealCore Core { get; }

    public Server Server { get; }

    /// <summary>Speaks to the VPN's API.</summary>
    public HttpClient Client { get; }

    /// <summary>What a client's script wants to know.</summary>
    public CommandSettings ForClients =>
        new(Environment: new Dictionary<string, string> { ["API_URL"] = Server.Address.ToString().TrimEnd('/'), ["API_KEY"] = Secret });

    public static async Task<VpnServer> StartAsync(string? origins = null)
    {
        var core = await RealCore.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["LATCHKEY_MODULES"] = "vpn",
            ["API_SECRET_KEY"] = Secret,
            ["XRAY_API_PORT"] = core.ApiPort.ToString(CultureInfo.InvariantCulture),
            ["XRAY_CONFIG_PATH"] = core.ConfigurationPath,
            ["REALITY_PUBLIC_KEY"] = "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw",
        };

        if (origins is not null)
            settings["API_CORS_ORIGINS"] = origins;

        return new VpnServer(core, await Server.StartAsync(settings));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Core.DisposeAsync();
    }
}
