using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Latchkey.Testing;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>A real V2Ray on loopback, with an API and a VLESS inbound. It can be killed and started again.</summary>
internal sealed class RealCore : IAsyncDisposable
{
    /// <summary>How many bytes <see cref="IsUserAsync"/> sends through it.</summary>
    public const int Payload = 1000;

    private const string Program = "v2ray";

    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    private RealCore()
    {
        ConfigurationPath = Path.Combine(_folder.Path, "server.json");
        EmptyFile();
    }

    public int ApiPort { get; } = FreePort();

    /// <summary>Where the clients of the VPN connect.</summary>
    public int InboundPort { get; } = FreePort();

    public string ConfigurationPath { get; }

    public bool Runs => _process is { HasExited: false };

    public static async Task<RealCore> StartAsync()
    {
        var core = new RealCore();
        await core.StartAgainAsync();

        return core;
    }

    /// <summary>A core that is not running yet.</summary>
    public static RealCore Prepare() => new();

    public async Task StartAgainAsync()
    {
        _process = Run(ConfigurationPath);

        await Eventually.IsTrueAsync(() => IsOpenAsync(ApiPort), "v2ray does not start");
    }

    /// <summary>The death that it cannot prepare for.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Whether it lets a client with this UUID in, and passes its bytes on.</summary>
    public async Task<bool> IsUserAsync(string uuid)
    {
        using var target = new TcpListener(IPAddress.Loopback, 0);
        using var client = new TcpClient();
        target.Start();

        try
        {
            await client.ConnectAsync(IPAddress.Loopback, InboundPort);
            // VLESS: version 0, the user, no additions, "connect by TCP", port, "IPv4", address; then what is to be passed on.
            byte[] request =
            [
                0,
                .. Guid.Parse(uuid).ToByteArray(bigEndian: true),
                0,
                1,
                .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder((short)((IPEndPoint)target.LocalEndpoint).Port)),
                1,
                127,
                0,
                0,
                1,
                .. new byte[Payload],
            ];
            await client.GetStream().WriteAsync(request);
            using var passedOn = await target.AcceptSocketAsync().WaitAsync(TimeSpan.FromSeconds(1));

            return true;
        }
        catch (Exception failure) when (failure is IOException or SocketException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes all users out of its configuration file: its next start is one with none.</summary>
    public void EmptyFile() => File.WriteAllText(ConfigurationPath, Configuration(ApiPort, InboundPort).ToJsonString());

    /// <summary>The ids of the users in its configuration file.</summary>
    public IReadOnlyList<string> UsersInFile() =>
        [
            .. JsonNode.Parse(File.ReadAllText(ConfigurationPath))!["inbounds"]!
                .AsArray()
                .Single(inbound => (string)inbound!["tag"]! == "vless-reality")!["settings"]!["clients"]!
                .AsArray()
                .Select(client => (string)client!["id"]!),
        ];

    public async ValueTask DisposeAsync()
    {
        if (Runs)
            await KillAsync();

        _folder.Dispose();
    }

    public static Process Run(string configurationPath)
    {
        var process = Process.Start(
            new ProcessStartInfo(Program, ["-config", configurationPath])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        return process;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<bool> IsOpenAsync(int port)
    {
        using var client = new TcpClient();

        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static JsonNode Configuration(int apiPort, int inboundPort) =>
        JsonNode.Parse(
            $$"""
            {
              "log": { "loglevel": "warning", "access": "none" },
              "stats": {},
              "api": { "tag": "api", "services": ["HandlerService", "StatsService"] },
              "policy": { "levels": { "0": { "handshake": 60, "statsUserUplink": true, "statsUserDownlink": true } } },
              "inbounds": [
                { "tag": "api-in", "listen": "127.0.0.1", "port": {{apiPort}}, "protocol": "dokodemo-door", "settings": { "address": "127.0.0.1" } },
                {
                  "tag": "vless-reality", "listen": "127.0.0.1", "port": {{inboundPort}}, "protocol": "vless",
                  "settings": { "clients": [], "decryption": "none" }, "streamSettings": { "network": "tcp", "security": "none" }
                }
              ],
              "outbounds": [{ "tag": "direct", "protocol": "freedom", "settings": {} }],
              "routing": { "rules": [{ "type": "field", "inboundTag": ["api-in"], "outboundTag": "api" }] }
            }
            """
        )!;
}
