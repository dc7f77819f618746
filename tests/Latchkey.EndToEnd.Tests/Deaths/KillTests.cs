using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Deaths;

/// <summary>The process dies at a moment that nobody chose: what was acknowledged is there, nothing else is left, and work goes on.</summary>
public class KillTests(Clips clips)
{
    private const int PartSize = 5 * 1024 * 1024;
    private const int FewKills = 3;
    private const int ManyKills = 25;

    [Fact]
    public Task Can_be_killed_while_it_encodes() => EncodeThroughKillsAsync(clips.Long, Clips.LongSeconds, kills: 5);

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Can_be_killed_many_times_while_it_encodes() =>
        await EncodeThroughKillsAsync(await clips.FilmAsync(), Clips.FilmSeconds, kills: 20);

    /// <summary>One that stands still does not even notice that nobody reads what it says.</summary>
    [Fact]
    public async Task Can_be_killed_without_leaving_an_encoder()
    {
        await using var server = await Server.StartAsync();
        var videoId = await CreateAsync(server);
        await server.UploadAsync(videoId, clips.Long);
        IReadOnlyList<int> held = [];

        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    held = await HoldEncodersAsync(server);
                    return held.Count > 0;
                },
                TimeSpan.FromSeconds(30),
                () => $"Nothing is encoded.\n{server.Output}"
            );

            await server.KillAsync();

            await Eventually.TrueAsync(
                () => Task.FromResult(!held.Any(encoder => IsEncoder(encoder, server))),
                TimeSpan.FromSeconds(10),
                () => $"Left behind: {string.Join(' ', held)}"
            );
        }
        finally
        {
            foreach (var encoder in held.Where(encoder => IsEncoder(encoder, server)))
                Process.GetProcessById(encoder).Kill();
        }
    }

    [Fact]
    public Task Can_be_killed_while_parts_arrive() => UploadThroughKillsAsync(FewKills);

    [Fact]
    [Trait("Duration", "Long")]
    public Task Can_be_killed_many_times_while_parts_arrive() => UploadThroughKillsAsync(ManyKills);

    [Fact]
    public async Task Can_be_killed_while_rows_are_written()
    {
        var moments = Moments();
        await using var server = await Server.StartAsync();
        var acknowledged = new List<string> { await CreateAsync(server) };

        var writer = Task.Run(async () =>
        {
            try
            {
                while (true)
                    acknowledged.Add(await CreateAsync(server));
            }
            catch (HttpRequestException)
            {
                // The server is dead.
            }
        });

        await PassAsync(moments.Next(200, 800));
        await server.KillAsync();
        await writer;

        await server.StartAgainAsync();

        foreach (var videoId in acknowledged)
            (await server.Client.GetAsync($"/videos/{videoId}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> CreateAsync(Server server) => (string)(await server.CreateVideoAsync("Killed"))["videoId"]!;

    /// <summary>Every other time it is the encoder that dies, and the server has to notice.</summary>
    private static async Task EncodeThroughKillsAsync(string film, int seconds, int kills)
    {
        var moments = Moments();
        await using var server = await Server.StartAsync();
        var videoId = await CreateAsync(server);
        await server.UploadAsync(videoId, film);
        var made = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var (again, encoders) = (0, 0);

        for (var kill = 0; kill < kills; kill++)
        {
            await PassAsync(moments.Next(50, 1500));

            if (kill % 2 == 1 && KillEncoder(server, moments))
            {
                encoders++;
            }
            else
            {
                await server.KillAsync();
                again += Count(server, made);
                await server.StartAgainAsync();
            }

            var status = await server.StatusAsync(videoId);
            ((long)status["ingest"]!["filesize"]!).ShouldBe(new FileInfo(film).Length);
        }

        var settled = await server.SettledAsync(videoId);
        again += Count(server, made);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, {encoders} of them of an encoder: {made.Count} segments, {again} of them made twice"
        );

        VideoApi.Qualities(settled).ShouldAllBe(state => state == "encoded");
        again.ShouldBe(0, "what was stored is not made again");
        await PlaysAsync(server, videoId, seconds);
        await NothingTemporaryAsync(server);
    }

    /// <returns>Those that were still at work when they were stopped.</returns>
    private static async Task<IReadOnlyList<int>> HoldEncodersAsync(Server server)
    {
        var encoders = server.Children().Where(child => IsEncoder(child, server)).ToList();

        foreach (var encoder in encoders)
            await Command.SucceedAsync("sh", ["-c", $"kill -STOP {encoder} || true"]);

        return [.. encoders.Where(encoder => IsEncoder(encoder, server))];
    }

    /// <summary>A process that has ended has no command line, even before somebody took note of its end.</summary>
    private static bool IsEncoder(int process, Server server)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{process}/cmdline");
            return command.StartsWith("ffmpeg", StringComparison.Ordinal) && command.Contains(server.DataFolder, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool KillEncoder(Server server, Random moments)
    {
        if (server.Children() is not { Count: > 0 } children)
            return false;

        try
        {
            using var encoder = Process.GetProcessById(children[moments.Next(children.Count)]);
            encoder.Kill();
            return true;
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            // It ended by itself meanwhile.
            return false;
        }
    }

    /// <returns>How many segments were written again since the last look.</returns>
    private static int Count(Server server, Dictionary<string, DateTime> made)
    {
        var again = 0;

        foreach (var segment in Directory.EnumerateFiles(Path.Combine(server.DataFolder, "files"), "*.m4s", SearchOption.AllDirectories))
        {
            var written = File.GetLastWriteTimeUtc(segment);
            again += made.TryGetValue(segment, out var before) && before != written ? 1 : 0;
            made[segment] = written;
        }

        return again;
    }

    private async Task UploadThroughKillsAsync(int kills)
    {
        var moments = Moments();
        await using var server = await Server.StartAsync();
        var videoId = await CreateAsync(server);
        var bytes = await File.ReadAllBytesAsync(clips.Big);
        var count = (bytes.Length + PartSize - 1) / PartSize;
        var acknowledged = new SortedSet<int>();

        for (var kill = 0; kill < kills; kill++)
        {
            // A part that was on its way when the server died may be sent again, and must not be half there.
            var part = Enumerable.Range(1, count).Except(acknowledged).OrderBy(_ => moments.Next()).First();
            var sending = SendPartAsync(server, videoId, bytes, part, count);
            await PassAsync(moments.Next(1, 60));
            await server.KillAsync();

            if (await sending)
                acknowledged.Add(part);

            await server.StartAgainAsync();
            acknowledged.ShouldBeSubsetOf(Received(await server.StatusAsync(videoId)));

            if (acknowledged.Count == count)
                break;
        }

        foreach (var part in Enumerable.Range(1, count).Except(Received(await server.StatusAsync(videoId))))
            (await SendPartAsync(server, videoId, bytes, part, count)).ShouldBeTrue();

        var settled = await server.SettledAsync(videoId);

        Received(settled).ShouldBe(Enumerable.Range(1, count));
        ((long)settled["ingest"]!["filesize"]!).ShouldBe(bytes.Length);
        VideoApi.Qualities(settled).ShouldAllBe(state => state == "encoded");
        await PlaysAsync(server, videoId, seconds: 20);
        await NothingTemporaryAsync(server);
    }

    /// <returns>Whether the server acknowledged it.</returns>
    private static async Task<bool> SendPartAsync(Server server, string videoId, byte[] bytes, int part, int count)
    {
        try
        {
            var slice = bytes.AsMemory((part - 1) * PartSize, Math.Min(PartSize, bytes.Length - (part - 1) * PartSize));
            using var response = await server.SendSourceAsync(videoId, slice, $"part {part}/{count}");
            response.StatusCode.ShouldBe(HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static IEnumerable<int> Received(JsonNode status) =>
        status["ingest"]?["receivedParts"]?["parts"]?.AsArray().Select(part => (int)part!) ?? [];

    private static async Task PlaysAsync(Server server, string videoId, int seconds)
    {
        var packets = await Command.SucceedAsync(
            "ffprobe",
            [
                "-v",
                "error",
                "-select_streams",
                "v:0",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                $"{server.Address}vod/{videoId}/hls/manifest.m3u8",
            ]
        );

        packets.Trim().Split('\n')[0].ShouldBe($"{seconds * 25}");
    }

    /// <summary>What is being made lies in scratch/ until it is finished; what is finished is all that may stay.</summary>
    private static Task NothingTemporaryAsync(Server server) =>
        Eventually.TrueAsync(
            () => Task.FromResult(!Directory.EnumerateFiles(Scratch(server), "*", SearchOption.AllDirectories).Any()),
            TimeSpan.FromSeconds(10),
            () =>
                $"Left in scratch: {string.Join(", ", Directory.EnumerateFileSystemEntries(Scratch(server), "*", SearchOption.AllDirectories))}"
        );

    private static string Scratch(Server server) => Path.Combine(server.DataFolder, "scratch");

    /// <summary>Where to look when it fails: the seed decides every moment.</summary>
    private static Random Moments()
    {
        var seed = Environment.GetEnvironmentVariable("LATCHKEY_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"LATCHKEY_TEST_SEED={seed}");

        return new Random(seed);
    }

    /// <summary>The moment is the test here: the server lives on by the real clock.</summary>
    private static async Task PassAsync(int milliseconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(milliseconds));
        await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
