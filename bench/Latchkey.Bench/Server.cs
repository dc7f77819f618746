using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Latchkey.Bench;

/// <summary>The published program on a data folder of its own, with the calls that the rows make.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>Asked more often, a server that is just starting would share its cores with the questions.</summary>
    private static readonly TimeSpan StartPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Each question costs the server two milliseconds, which count as its own.</summary>
    private static readonly TimeSpan StatusPoll = TimeSpan.FromMilliseconds(50);

    private readonly ProcessStartInfo _start;
    private readonly string _folder;
    private Process _process;

    private Server(ProcessStartInfo start, Process process, string folder, Uri address, HttpClient client, double startSeconds)
    {
        (_start, _process, _folder, Address, Client, StartSeconds) = (start, process, folder, address, client, startSeconds);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>From the start of the process until it was ready.</summary>
    public double StartSeconds { get; }

    /// <summary>Of the server and of every process that it started, also those that still run.</summary>
    public double CpuSeconds => CpuOf(_process.Id) + Children().Sum(CpuOf);

    /// <summary>Resident memory in MB.</summary>
    public double Memory =>
        File.ReadLines($"/proc/{_process.Id}/status")
            .Where(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0)
            .Single();

    /// <param name="settings">Beside the address, the data folder and the key.</param>
    public static async Task<Server> StartAsync(string program, string folder, IReadOnlyDictionary<string, string>? settings = null)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var data = Directory.CreateDirectory(Path.Combine(folder, "data-" + key[..8])).FullName;
        var port = FreePort();
        var address = new Uri($"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo(program, ["serve"])
        {
            UseShellExecute = false,
            WorkingDirectory = data,
            RedirectStandardOutput = true,
        };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["LATCHKEY_DATA"] = data;
        start.Environment["LATCHKEY_API_KEY"] = key;
        start.Environment["VIDEO_RATE_LIMITS"] = "0/0/0";

        foreach (var (name, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;

        var client = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":"))
        );

        var began = Stopwatch.GetTimestamp();
        var process = await RunAsync(start, client);

        return new Server(start, process, data, address, client, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>Another one, on an empty folder beside this one's.</summary>
    public Task<Server> StartAnotherAsync() => StartAsync(_start.FileName, Path.GetDirectoryName(_folder)!);

    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>After a kill, on what it left.</summary>
    public async Task StartAgainAsync() => _process = await RunAsync(_start, Client);

    /// <summary>Creates a video and sends its source.</summary>
    /// <returns>The video, and when its last byte had been handed to the network.</returns>
    public async Task<(string VideoId, long LastByte)> UploadAsync(string path)
    {
        using var created = await Client.PostAsJsonAsync("/videos", new { title = Path.GetFileName(path) });
        var videoId = (string)(await JsonNode.ParseAsync(await created.EnsureSuccessStatusCode().Content.ReadAsStreamAsync()))!["videoId"]!;

        await using var file = new WatchedFile(path);
        using var form = new MultipartFormDataContent { { new StreamContent(file, 1 << 20), "file", "source.mp4" } };
        using var answer = await Client.PostAsync($"/videos/{videoId}/source", form);
        answer.EnsureSuccessStatusCode();

        return (videoId, file.EndedAt);
    }

    /// <summary>Does what a player does until it has a segment of the picture, of the best quality or of the smallest.</summary>
    /// <param name="at">Seconds into the video.</param>
    public async Task<(Uri Address, byte[] Bytes)> SegmentAsync(string videoId, bool best, double at)
    {
        var master = new Uri(Address, $"/vod/{videoId}/hls/manifest.m3u8");
        var renditions = (await PlaylistAsync(master)).Where(line => line.Length > 0 && line[0] != '#').ToList();
        var media = new Uri(master, best ? renditions[^1] : renditions[0]);
        var lines = await PlaylistAsync(media);

        // The init segment first, as players do.
        _ = await BytesAsync(new Uri(media, lines.First(line => line.StartsWith("#EXT-X-MAP", StringComparison.Ordinal)).Split('"')[1]));
        var segment = new Uri(media, NameAt(lines, at));
        return (segment, await BytesAsync(segment));
    }

    /// <summary>Waits until nothing is left to do.</summary>
    public async Task SettledAsync(string videoId)
    {
        while (true)
        {
            var status = (await Client.GetFromJsonAsync<JsonNode>($"/videos/{videoId}/status"))!;
            var qualities = status["encoding"]!["qualities"]!.AsArray().Select(quality => (string)quality!["status"]!).ToList();

            if (qualities.Contains("failed"))
                throw new InvalidOperationException($"{videoId} failed.");

            if (qualities.Count > 0 && qualities.TrueForAll(state => state == "encoded"))
                return;

            await Task.Delay(StatusPoll);
        }
    }

    /// <summary>Waits until no process of ours works any more, the last pictures included.</summary>
    public async Task IdleAsync()
    {
        for (var quiet = 0; quiet < 5; quiet = HasChildren() ? 0 : quiet + 1)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Stops what is left to do for a video.</summary>
    public async Task DeleteAsync(string videoId) => (await Client.DeleteAsync(new Uri(Address, $"/videos/{videoId}"))).Dispose();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts the program, and waits until it is ready.</summary>
    private static async Task<Process> RunAsync(ProcessStartInfo start, HttpClient client)
    {
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();

        while (!await IsReadyAsync(client))
            await Task.Delay(StartPoll);

        return process;
    }

    private async Task<string[]> PlaylistAsync(Uri address)
    {
        while (true)
        {
            using var answer = await Client.GetAsync(address);

            if (answer.StatusCode == HttpStatusCode.OK)
                return (await answer.Content.ReadAsStringAsync()).Split('\n');

            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new InvalidOperationException($"{address.AbsolutePath}: {answer.StatusCode}");

            await Task.Delay(Poll);
        }
    }

    private async Task<byte[]> BytesAsync(Uri address)
    {
        using var answer = await Client.GetAsync(address);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    private bool HasChildren() => Children().Count > 0;

    private List<int> Children() =>
        [
            .. Directory
                .EnumerateDirectories($"/proc/{_process.Id}/task")
                .SelectMany(thread => ReadIfThere($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)),
        ];

    /// <summary>With what its ended children took.</summary>
    private static double CpuOf(int process)
    {
        var stat = ReadIfThere($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);

        return fields.Length == 0
            ? 0
            : Enumerable.Range(11, 4).Sum(i => long.Parse(fields[i], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Threads and processes end while one looks at them.</summary>
    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string NameAt(string[] lines, double at)
    {
        var end = 0.0;

        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("#EXTINF:", StringComparison.Ordinal))
                continue;

            end += double.Parse(lines[i]["#EXTINF:".Length..].TrimEnd(','), CultureInfo.InvariantCulture);

            if (end > at)
                return lines[i + 1];
        }

        throw new InvalidOperationException($"The video ends before {at} s.");
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Notes when its last byte was taken.</summary>
    private sealed class WatchedFile(string path) : FileStream(path, FileMode.Open, FileAccess.Read)
    {
        public long EndedAt { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            EndedAt = Position == Length && EndedAt == 0 ? Stopwatch.GetTimestamp() : EndedAt;
            return read;
        }
    }
}
