using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Latchkey.Testing;
using Latchkey.Video.Tests.Playback;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>
/// What nobody means well by uploading: each ends with a named reason or plays, and leaves nothing read, nothing called, nothing running and
/// nothing behind.
/// </summary>
public sealed class HostileSourceTests(HostileSourceTests.Victim victim) : IClassFixture<HostileSourceTests.Victim>
{
    private const string Plays = "plays";
    private const long MostGrowth = 512L << 20;

    /// <summary>Text that a demuxer would follow to other files and addresses. <c>{port}</c> is a listener that must never be called.</summary>
    public static TheoryData<string, string> Scripts =>
        new()
        {
            { "playlist to a file", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n" },
            {
                "playlist to an address",
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXT-X-MAP:URI=\"http://127.0.0.1:{port}/init.mp4\"\n#EXTINF:10,\nhttp://127.0.0.1:{port}/0.ts\n#EXT-X-ENDLIST\n"
            },
            { "master playlist", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://127.0.0.1:{port}/media.m3u8\n" },
            { "concat script", "ffconcat version 1.0\nfile /etc/passwd\nfile http://127.0.0.1:{port}/x.mp4\n" },
            {
                "session description",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
            },
            {
                "DASH manifest",
                "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" mediaPresentationDuration=\"PT1S\"><Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\"><BaseURL>http://127.0.0.1:{port}/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
            },
            {
                "SVG",
                "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"9\" height=\"9\"><image xlink:href=\"http://127.0.0.1:{port}/x.png\"/><image xlink:href=\"file:///etc/passwd\"/></svg>"
            },
            { "subtitles", "1\n00:00:00,000 --> 99:00:00,000\nhello\n" },
            { "image sequence", "/etc/%03d.png" },
        };

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Cannot_follow_a_script(string what, string script)
    {
        var text = script.Replace("{port}", $"{victim.Port}", StringComparison.Ordinal);

        (await victim.TryAsync($"{what}.mp4", System.Text.Encoding.UTF8.GetBytes(text))).ShouldBe("unsupported_container");
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("gzip")]
    [InlineData("random")]
    [InlineData("one byte")]
    [InlineData("zeros")]
    public async Task Cannot_be_what_it_is_not(string what)
    {
        var bytes = what switch
        {
            "zip" => Zipped(),
            "gzip" => Gzipped(new byte[10_000_000]),
            "random" => ApiClient.Bytes(500_000),
            "one byte" => [0x47],
            _ => new byte[500_000],
        };

        (await victim.TryAsync("film.mp4", bytes)).ShouldBeOneOf("unsupported_container", "malformed", "no_video", "truncated");
    }

    [Theory]
    [InlineData("picture.png", "-c:v png")]
    [InlineData("picture.jpg", "-c:v mjpeg")]
    [InlineData("picture.gif", "-c:v gif")]
    public async Task Cannot_be_a_picture(string name, string codec)
    {
        var picture = await victim.Media.MakeAsync($"-f lavfi -i testsrc2=s=64x64:r=1:d=1 -frames:v 1 {codec}", name);

        (await victim.TryAsync("film.mp4", await File.ReadAllBytesAsync(picture.Path))).ShouldBe("unsupported_container");
    }

    [Theory]
    [InlineData("-movflags +faststart", "mp4", 0.3)]
    [InlineData("-movflags +faststart", "mp4", 0.97)]
    [InlineData("", "mp4", 0.5)]
    [InlineData("-movflags +frag_keyframe+empty_moov", "mp4", 0.6)]
    [InlineData("", "mkv", 0.05)]
    [InlineData("", "mkv", 0.6)]
    [InlineData("", "ts", 0.6)]
    [InlineData("-f avi", "avi", 0.6)]
    public async Task Can_be_truncated(string options, string container, double part)
    {
        var whole = await File.ReadAllBytesAsync(
            (await victim.ClipAsync(options, $"whole-{string.Concat(options.Where(char.IsLetter))}.{container}")).Path
        );

        (await victim.TryAsync("film.mp4", whole[..(int)(whole.Length * part)])).ShouldBeOneOf(
            Plays,
            "truncated",
            "malformed",
            "undecodable",
            "no_video",
            "no_duration",
            "unsupported_container"
        );
    }

    [Fact]
    public async Task Cannot_claim_a_picture_of_any_size()
    {
        var clip = await victim.ClipBytesAsync();
        var claimed = Mp4Boxes.Change(
            clip,
            "moov/trak/mdia/minf/stbl/stsd",
            stsd =>
            {
                // Behind the box's head and the entry's: width and height of the visual sample entry.
                BinaryPrimitives.WriteUInt16BigEndian(stsd.AsSpan(16 + 32), 20_000);
                BinaryPrimitives.WriteUInt16BigEndian(stsd.AsSpan(16 + 34), 20_000);
                return stsd;
            }
        );

        (await victim.TryAsync("claimed.mp4", claimed)).ShouldBe("too_many_pixels");
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Cannot_hold_a_picture_of_any_size()
    {
        var huge = await victim.Media.MakeAsync(
            "-f lavfi -i color=s=16000x16000:r=1:d=1,format=yuvj420p -frames:v 1 -c:v mjpeg",
            "huge.mkv"
        );

        // ffprobe may not decode it, and then tells no size.
        (await victim.TryAsync("huge.mkv", await File.ReadAllBytesAsync(huge.Path))).ShouldBeOneOf("too_many_pixels", "no_video");
    }

    [Fact]
    public async Task Cannot_have_ten_thousand_streams()
    {
        var many = Mp4Boxes.Change(
            await victim.ClipBytesAsync(),
            "moov/trak",
            trak => [.. trak, .. Enumerable.Range(0, 10_000).SelectMany(_ => trak)]
        );
        many = Mp4Boxes.Change(many, "moov", moov => Mp4Boxes.Box("moov", moov[8..]));

        (await victim.TryAsync("streams.mp4", many)).ShouldBeOneOf(Plays, "too_many_streams", "malformed", "unsupported_container");
    }

    [Fact]
    public async Task Cannot_last_for_ever()
    {
        var endless = Mp4Boxes.Change(
            await victim.ClipBytesAsync(),
            "moov/trak/mdia/minf/stbl/stts",
            stts =>
            {
                BinaryPrimitives.WriteUInt32BigEndian(stts.AsSpan(20), int.MaxValue);
                return stts;
            }
        );

        // Without its edit list, which says that one second of it is shown.
        endless = Mp4Boxes.Change(endless, "moov/trak/edts", edts => Mp4Boxes.Box("free", edts[8..]));

        (await victim.TryAsync("endless.mp4", endless)).ShouldBe("too_long");
    }

    [Fact]
    public async Task Can_jump_by_days()
    {
        var now = await victim.ClipAsync("-an -f mpegts", "now.ts");
        var later = await victim.ClipAsync("-an -output_ts_offset 90000 -f mpegts", "later.ts");

        (
            await victim.TryAsync("jump.ts", [.. await File.ReadAllBytesAsync(now.Path), .. await File.ReadAllBytesAsync(later.Path)])
        ).ShouldBe(Plays);
    }

    [Fact]
    public async Task Can_begin_before_zero()
    {
        var clip = await victim.ClipAsync(
            "-bf 2 -output_ts_offset -0.5 -avoid_negative_ts disabled -movflags +negative_cts_offsets",
            "negative.mp4"
        );

        (await victim.TryAsync("negative.mp4", await File.ReadAllBytesAsync(clip.Path))).ShouldBe(Plays);
    }

    [Fact]
    public async Task Cannot_refer_to_other_files()
    {
        // ISO/IEC 14496-12, 8.7.2: without the flag, the media is where the address says.
        byte[] location = [0, 0, 0, 0, .. "file:///etc/passwd\0"u8];
        byte[] entries = [0, 0, 0, 0, 0, 0, 0, 1, .. Mp4Boxes.Box("url ", location)];
        var external = Mp4Boxes.Change(await victim.ClipBytesAsync(), "moov/trak/mdia/minf/dinf/dref", _ => Mp4Boxes.Box("dref", entries));

        // Whatever it is taken for, it is taken from its own bytes.
        (await victim.TryAsync("external.mp4", external)).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Can_carry_attachments_and_masses_of_subtitles()
    {
        var cues = victim.Media.Scratch.File("cues.srt");
        await File.WriteAllLinesAsync(
            cues,
            Enumerable.Range(0, 50_000).Select(n => $"{n + 1}\n00:00:00,{n % 1000:000} --> 00:00:02,000\n{new string('x', 100)}\n")
        );
        var clip = await victim.ClipAsync("-f matroska", "plain.mkv");
        var loaded = await victim.Media.MakeAsync(
            $"-i {clip.Path} -i {cues} -map 0 -map 1 -c copy -c:s srt -attach /etc/hostname -metadata:s:t mimetype=text/plain",
            "loaded.mkv"
        );

        (await victim.TryAsync("loaded.mkv", await File.ReadAllBytesAsync(loaded.Path))).ShouldBe(Plays);
    }

    [Theory]
    [InlineData("../../../escaped.mp4")]
    [InlineData("/etc/escaped.mp4")]
    [InlineData("..\\..\\escaped.mp4")]
    [InlineData("a;rm -rf $(pwd)`id`|.mp4")]
    [InlineData("-i.mp4")]
    [InlineData("long")]
    public async Task Cannot_choose_a_path_by_its_name(string name)
    {
        var fileName = name == "long" ? new string('n', 5000) + ".mp4" : name;

        (await victim.TryAsync(fileName, await victim.ClipBytesAsync())).ShouldBe(Plays);
        Directory
            .EnumerateFiles(victim.Server.Host.DataPath, "*escaped*", SearchOption.AllDirectories)
            .ShouldBeEmpty("files are named by us");
    }

    [Fact]
    public async Task Cannot_be_empty() => (await victim.TryAsync("empty.mp4", [])).ShouldBe("uploaded-file-empty");

    private static byte[] Zipped()
    {
        using var bytes = new MemoryStream();

        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("../../film.mp4").Open();
            entry.Write(new byte[1_000_000]);
        }

        return bytes.ToArray();
    }

    private static byte[] Gzipped(byte[] content)
    {
        using var bytes = new MemoryStream();

        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return bytes.ToArray();
    }

    /// <summary>One server for all of them: what one leaves behind, the others see.</summary>
    public sealed class Victim : IAsyncLifetime
    {
        private readonly TcpListener _forbidden = new(IPAddress.Loopback, 0);
        private long _memory;

        internal VideoServer Server { get; private set; } = null!;

        internal TestMedia Media { get; } = new();

        public int Port => ((IPEndPoint)_forbidden.LocalEndpoint).Port;

        public async ValueTask InitializeAsync()
        {
            _forbidden.Start();
            Server = await VideoServer.StartAsync();
            _memory = Environment.WorkingSet;
        }

        public async ValueTask DisposeAsync()
        {
            _forbidden.Pending().ShouldBeFalse("something called the address in a file");
            await Eventually.IsTrueAsync(() => Encoders().Count == 0, "an encoder still runs");
            await Eventually.IsTrueAsync(
                () => !Directory.EnumerateFileSystemEntries(Path.Combine(Server.Host.DataPath, "scratch")).Any(),
                "something is left in scratch"
            );
            (Environment.WorkingSet - _memory).ShouldBeLessThan(MostGrowth);

            await Server.DisposeAsync();
            Media.Dispose();
            _forbidden.Dispose();
        }

        /// <summary>One second of H.264 and AAC.</summary>
        internal async Task<LocalFile> ClipAsync(string options, string name) =>
            File.Exists(Media.Scratch.File(name))
                ? new LocalFile(Media.Scratch.File(name))
                : await Media.MakeAsync(
                    $"-f lavfi -i testsrc2=s=128x96:r=25:d=1 -f lavfi -i sine=440:d=1 -c:v libx264 -preset ultrafast -g 25 -c:a aac {options}",
                    name
                );

        /// <summary>The index is its last box.</summary>
        internal async Task<byte[]> ClipBytesAsync() => await File.ReadAllBytesAsync((await ClipAsync("", "clip.mp4")).Path);

        /// <returns><see cref="Plays"/>, the named reason, or the problem that the upload was answered with.</returns>
        internal async Task<string> TryAsync(string fileName, byte[] bytes)
        {
            var videoId = (await Server.CreateAsync())["videoId"]!.GetValue<string>();
            using var form = new MultipartFormDataContent();
            var part = new ByteArrayContent(bytes);
            part.Headers.TryAddWithoutValidation(
                "Content-Disposition",
                $"form-data; name=\"file\"; filename=\"{fileName.Replace("\\", "\\\\", StringComparison.Ordinal)}\""
            );
            form.Add(part);
            using var response = await Server.Host.Client.PostAsync(new Uri($"/videos/{videoId}/source", UriKind.Relative), form);

            if (response.StatusCode != HttpStatusCode.Created)
            {
                var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
                return problem.Text("type").Split('/')[^1];
            }

            var settled = await Server.SettledAsync(videoId);
            settled.ShouldAllBe(quality => !quality.EndsWith("failed", StringComparison.Ordinal), "every failure has its reason");
            settled.ShouldAllBe(quality => !quality.Contains("internal_error", StringComparison.Ordinal));

            return settled.FirstOrDefault(quality => quality.Contains(" failed ", StringComparison.Ordinal)) is { } failed
                ? failed.Split(' ')[^1]
                : Plays;
        }

        private List<string> Encoders() =>
            [.. Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(IsEncoder)];

        private bool IsEncoder(string process)
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(process, "cmdline"));
                return command.Contains("ffmpeg", StringComparison.Ordinal)
                    && command.Contains(Server.Host.DataPath, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
