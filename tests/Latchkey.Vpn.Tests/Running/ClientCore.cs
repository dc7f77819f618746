using System.Diagnostics;
using System.Net;
using Latchkey.Testing;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>A second V2Ray, as the user of a key has it: a SOCKS proxy here, and the VPN behind it.</summary>
internal sealed class ClientCore : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly int _socksPort;

    private ClientCore(TemporaryFolder folder, Process process, int socksPort) =>
        (_folder, _process, _socksPort) = (folder, process, socksPort);

    public static async Task<ClientCore> StartAsync(RealCore server, string uuid)
    {
        var folder = new TemporaryFolder();
        var socksPort = RealCore.FreePort();
        var path = Path.Combine(folder.Path, "client.json");
        await File.WriteAllTextAsync(path, Configuration(socksPort, server.InboundPort, uuid));

        var process = RealCore.Run(path);
        await Eventually.IsTrueAsync(() => RealCore.IsOpenAsync(socksPort), "the client does not start");

        return new ClientCore(folder, process, socksPort);
    }

    /// <summary>Goes through the VPN, with a new connection for every request.</summary>
    public HttpClient CreateHttp() =>
        new(
            new SocketsHttpHandler
            {
                Proxy = new WebProxy($"socks5://127.0.0.1:{_socksPort}"),
                UseProxy = true,
                PooledConnectionLifetime = TimeSpan.Zero,
            }
        );

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Configuration(int socksPort, int serverPort, string uuid) =>
        $$"""
            {
              "log": { "loglevel": "warning", "access": "none" },
              "inbounds": [
                { "listen": "127.0.0.1", "port": {{socksPort}}, "protocol": "socks", "settings": { "auth": "noauth", "udp": false } }
              ],
              "outbounds": [
                {
                  "protocol": "vless",
                  "settings": { "vnext": [{ "address": "127.0.0.1", "port": {{serverPort}}, "users": [{ "id": "{{uuid}}", "encryption": "none" }] }] },
                  "streamSettings": { "network": "tcp", "security": "none" }
                }
              ]
            }
            """;
}
