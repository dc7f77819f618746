using System.Diagnostics;
using System.Globalization;

namespace Latchkey.Bench;

/// <summary>Segments over HTTP, beside nginx with sendfile serving the same bytes; wrk asks both.</summary>
internal static class Delivery
{
    private const int Rounds = 5;

    public static async Task<IReadOnlyList<(string, Finding)>> MeasureAsync(Server server, string source)
    {
        var (videoId, _) = await server.UploadAsync(source);
        var (address, segment) = await server.SegmentAsync(videoId, best: true, at: 6);
        await server.SettledAsync(videoId);
        var init = new Uri(address, "init.mp4");

        await using var nginx = await Nginx.StartAsync(segment, await server.Client.GetByteArrayAsync(init));
        var large = await CompareAsync(address, nginx.Address("segment.m4s"));
        var small = await CompareAsync(init, nginx.Address("init.mp4"));

        return
        [
            (Size(segment.Length), Finding.Rates(large.Ours, large.Theirs, "requests/s", "nginx", 0.9)),
            (
                Size((await server.Client.GetByteArrayAsync(init)).Length),
                Finding.Rates(small.Ours, small.Theirs, "requests/s", "nginx", 0.9)
            ),
        ];
    }

    private static async Task<(List<double> Ours, List<double> Theirs)> CompareAsync(Uri ours, Uri theirs)
    {
        var (mine, other) = (new List<double>(), new List<double>());

        // The first requests are answered by code that is not optimized yet.
        _ = await Wrk.RequestsPerSecondAsync(ours);

        for (var round = 0; round < Rounds; round++)
        {
            other.Add(await Wrk.RequestsPerSecondAsync(theirs));
            mine.Add(await Wrk.RequestsPerSecondAsync(ours));
        }

        return (mine, other);
    }

    private static string Size(int bytes) =>
        bytes < 1 << 20
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MB");

    /// <summary>nginx on loopback, with the settings of a server that is meant to be fast.</summary>
    private sealed class Nginx(Process process, string folder, int port) : IAsyncDisposable
    {
        public static async Task<Nginx> StartAsync(byte[] segment, byte[] init)
        {
            var folder = Directory.CreateTempSubdirectory("latchkey-nginx-").FullName;

            var port = Server.FreePort();
            await File.WriteAllBytesAsync(Path.Combine(folder, "segment.m4s"), segment);
            await File.WriteAllBytesAsync(Path.Combine(folder, "init.mp4"), init);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "nginx.conf"),
                $$"""
                daemon off; user root; pid {{folder}}/nginx.pid; error_log {{folder}}/error.log; worker_processes auto;
                events { worker_connections 1024; }
                http {
                  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; open_file_cache max=100; keepalive_requests 1000000;
                  types { video/mp4 mp4 m4s; }
                  server { listen 127.0.0.1:{{port}}; root {{folder}}; }
                }
                """
            );
            var process = Process.Start(
                new ProcessStartInfo("nginx", ["-p", folder, "-c", Path.Combine(folder, "nginx.conf")]) { UseShellExecute = false }
            )!;
            var nginx = new Nginx(process, folder, port);
            using var client = new HttpClient();

            while (!process.HasExited)
            {
                try
                {
                    using var answer = await client.GetAsync(nginx.Address("init.mp4"));
                    answer.EnsureSuccessStatusCode();
                    return nginx;
                }
                catch (HttpRequestException error) when (error.StatusCode is null)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20));
                }
            }

            throw new InvalidOperationException("nginx did not start.");
        }

        public Uri Address(string name) => new($"http://127.0.0.1:{port}/{name}");

        public async ValueTask DisposeAsync()
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
