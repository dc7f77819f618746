using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Shouldly;

namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>
/// The real program as a child process, on free loopback ports and a data folder of its own. It can be killed and started again on the
/// same folder.
/// </summary>
internal sealed class Server : IAsyncDisposable
{
    private static int _lastPort = 20_000 + Random.Shared.Next(8_000);

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, string> _settings;
    private Process? _process;

    private readonly int? _megabytes;

    private Server(IReadOnlyDictionary<string, string>? settings, int? megabytes)
    {
        _megabytes = megabytes;
        var (plain, secure) = (FreePort(), FreePort());

        Address = new Uri($"http://127.0.0.1:{plain}");
        SecureAddress = new Uri($"https://localhost:{secure}");
        _settings = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["LATCHKEY_DATA"] = DataFolder,
            ["LATCHKEY_API_KEY"] = ApiKey,
            ["LATCHKEY_LISTEN"] = $"http://127.0.0.1:{plain},https://localhost:{secure}",
            ["LATCHKEY_OUTBOUND_ALLOW"] = "127.0.0.1",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };

        // The certificate is made by the server itself; it is not what these tests are about.
        Client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromMinutes(2),
        };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ApiKey}:"))
        );
    }

    public string ApiKey { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    public Uri Address { get; }

    /// <summary>The same server over TLS, which api.video's browser uploader insists on.</summary>
    public Uri SecureAddress { get; }

    public string DataFolder => _folder.File("data");

    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>Speaks with the admin key.</summary>
    public HttpClient Client { get; }

    /// <summary>Everything that the process wrote, over all its starts.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <param name="megabytes">The size of a disk of its own, see <see cref="SmallDisk"/>; without it, the data folder lies on this machine's disk.</param>
    public static async Task<Server> StartAsync(IReadOnlyDictionary<string, string>? settings = null, int? megabytes = null)
    {
        var server = new Server(settings, megabytes);
        await server.StartAgainAsync();

        return server;
    }

    /// <param name="changes">Settings that are others from now on.</param>
    public async Task StartAgainAsync(Dictionary<string, string>? changes = null)
    {
        foreach (var (name, value) in changes ?? [])
            _settings[name] = value;

        var (program, arguments) = _megabytes is { } size ? SmallDisk.Serve(DataFolder, size) : (Folders.Binary, ["serve"]);
        _process = Command.Start(program, arguments, new CommandSettings(_folder.Path, _settings));
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        await Eventually.TrueAsync(IsReadyAsync, LongestStart, () => $"The server did not become ready.\n{Output}");
    }

    /// <summary>The death that cannot be prepared for.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl+C.</summary>
    /// <returns>How long it took to end, and with which exit code.</returns>
    public async Task<(TimeSpan Took, int ExitCode)> InterruptAsync()
    {
        var began = Stopwatch.GetTimestamp();
        await Command.SucceedAsync("sh", ["-c", $"kill -INT {_process!.Id}"]);
        await _process.WaitForExitAsync().WaitAsync(LongestStop);

        return (Stopwatch.GetElapsedTime(began), _process.ExitCode);
    }

    /// <summary>The data folder as the server sees it, which may have a disk of its own there.</summary>
    public string OwnDataFolder => $"/proc/{_process!.Id}/root{DataFolder}";

    /// <summary>Processes that the server started and that still run.</summary>
    public IReadOnlyList<int> Children() =>
        [
            .. Directory
                .EnumerateDirectories($"/proc/{_process!.Id}/task")
                .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Resident memory, in bytes; <c>VmHWM</c> for the most it ever was, <c>VmRSS</c> for now.</summary>
    public long Memory(string figure) =>
        File.ReadLines($"/proc/{_process!.Id}/status")
            .Where(line => line.StartsWith(figure, StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
            .Single();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();

        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    /// <summary>
    /// Never the same one twice, and none that the system gives out by itself: a server that came second would leave its test with the first.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();

                return port;
            }
            catch (SocketException)
            {
                // Somebody else's: the next one.
            }
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        _process!.HasExited.ShouldBeFalse($"The server ended.\n{Output}");

        try
        {
            using var response = await Client.GetAsync("/readyz");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Note(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
