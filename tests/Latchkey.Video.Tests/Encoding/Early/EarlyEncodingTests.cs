using System.Net;
using Latchkey.Testing;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Early;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Tests.Playback;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Encoding.Early;

public sealed class EarlyEncodingTests : IDisposable
{
    private const int PartBytes = 5 << 20;

    /// <summary>Some 12 MiB, with its index in front.</summary>
    private const string Front =
        "-f lavfi -i testsrc2=s=640x360:r=25:d=16 -c:v libx264 -preset ultrafast -b:v 6M -minrate 6M -maxrate 6M -bufsize 6M -x264-params nal-hrd=cbr -g 50 -movflags +faststart";

    private readonly TestMedia _media = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _media.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("front.mp4")]
    [InlineData("back.mkv")]
    public async Task Can_make_the_first_segments_while_parts_are_still_to_come(string name)
    {
        var source = await File.ReadAllBytesAsync((await _media.MakeAsync(Front, name)).Path);
        await using var server = await VideoServer.StartAsync(_folder.Path);
        var videoId = (await server.CreateAsync())["videoId"]!.GetValue<string>();

        (await SendAsync(server, videoId, source[..PartBytes], "part 1/3")).ShouldBe(HttpStatusCode.Created);
        await Eventually.IsTrueAsync(() => Early(videoId, "0.m4s") is not null, "nothing was made of the first part");
        var early = await File.ReadAllBytesAsync(Early(videoId, "0.m4s")!);
        (await server.StatusOfAsync($"/vod/{videoId}/hls/manifest.m3u8")).ShouldBe(HttpStatusCode.Accepted);

        (await SendAsync(server, videoId, source[PartBytes..(2 * PartBytes)], "part 2/3")).ShouldBe(HttpStatusCode.Created);
        (await SendAsync(server, videoId, source[(2 * PartBytes)..], "part 3/3")).ShouldBe(HttpStatusCode.Created);
        await server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");

        (await server.Viewer.GetByteArrayAsync(new Uri($"/vod/{videoId}/hls/240p/v1/0.m4s", UriKind.Relative))).ShouldBe(early);
        Directory.Exists(Path.Combine(VideoFolder(videoId), "early")).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_make_the_first_segments_of_a_body_that_is_still_arriving()
    {
        var source = await File.ReadAllBytesAsync((await _media.MakeAsync(Front, "front.mp4")).Path);
        await using var server = await VideoServer.StartAsync(_folder.Path);
        var videoId = (await server.CreateAsync())["videoId"]!.GetValue<string>();

        using var body = new HeldBody(
            source,
            source.Length * 2 / 3,
            () => Eventually.IsTrueAsync(() => Early(videoId, "0.m4s") is not null, "nothing was made of the beginning")
        );
        using var form = new MultipartFormDataContent { { body, "file", "front.mp4" } };
        using var answer = await server.Host.Client.PostAsync(new Uri($"/videos/{videoId}/source", UriKind.Relative), form);

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        await server.EncodedAsync(videoId);
    }

    [Fact]
    public async Task Cannot_show_what_was_made_by_another_plan_than_the_whole_file_leads_to()
    {
        var source = await File.ReadAllBytesAsync((await _media.MakeAsync(Front, "front.mp4")).Path);
        await using var server = await VideoServer.StartAsync(_folder.Path);
        var videoId = (await server.CreateAsync())["videoId"]!.GetValue<string>();
        await SendAsync(server, videoId, source[..(2 * PartBytes)], "part 1/2");
        await Eventually.IsTrueAsync(() => Early(videoId, "0.m4s") is not null, "nothing was made of the first part");
        byte[] wrong = [1, 2, 3];
        await File.WriteAllBytesAsync(Early(videoId, "0.m4s")!, wrong);
        var plan = Directory.EnumerateFiles(Path.Combine(VideoFolder(videoId), "early"), "plan.json", SearchOption.AllDirectories);
        var text = await File.ReadAllTextAsync(plan.Single());
        await File.WriteAllTextAsync(plan.Single(), text.Replace("\"origin\":0", "\"origin\":1", StringComparison.Ordinal));

        await SendAsync(server, videoId, source[(2 * PartBytes)..], "part 2/2");
        await server.MasterAsync($"/vod/{videoId}/hls/manifest.m3u8");

        (await server.Viewer.GetByteArrayAsync(new Uri($"/vod/{videoId}/hls/240p/v1/0.m4s", UriKind.Relative))).ShouldNotBe(wrong);
        Directory.Exists(Path.Combine(VideoFolder(videoId), "early")).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_leave_anything_of_a_video_that_is_deleted_while_it_is_uploaded()
    {
        var source = await File.ReadAllBytesAsync((await _media.MakeAsync(Front, "front.mp4")).Path);
        await using var server = await VideoServer.StartAsync(
            new RunningHostOptions { DataPath = _folder.Path }.With(VideoSettings.DiscardDays, "0")
        );
        var videoId = (await server.CreateAsync())["videoId"]!.GetValue<string>();
        await SendAsync(server, videoId, source[..PartBytes], "part 1/3");
        await Eventually.IsTrueAsync(() => Early(videoId, "init.mp4") is not null, "nothing was begun");

        using var deleted = await server.Host.Client.DeleteAsync(new Uri($"/videos/{videoId}", UriKind.Relative));

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await Eventually.IsTrueAsync(() => !Directory.Exists(VideoFolder(videoId)), "something is left");
    }

    [Fact]
    public async Task Cannot_remember_uploads_that_never_end()
    {
        await using var server = await VideoServer.StartAsync(_folder.Path);
        var clock = new FakeTimeProvider();
        using var early = ActivatorUtilities.CreateInstance<EarlyEncoding>(server.Host.Services, clock);

        Notice("viForgotten");
        Notice("viSlow");
        clock.Advance(EarlyEncoding.Remembered / 2);
        Notice("viSlow");
        early.Count.ShouldBe(2);

        clock.Advance(EarlyEncoding.Remembered * 0.6);
        Notice("viNew");
        early.Count.ShouldBe(2, "the one of which nothing came");

        void Notice(string videoId) => early.Notice(new EarlySource(videoId, "source", new PlanOptions(), new ReceivedBytes([]), null));
    }

    private string VideoFolder(string videoId) => Path.Combine(_folder.Path, "files", "videos", videoId);

    private string? Early(string videoId, string name)
    {
        var folder = Path.Combine(VideoFolder(videoId), "early");

        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, name, SearchOption.AllDirectories).FirstOrDefault(path => path.Contains("240p"))
            : null;
    }

    private static async Task<HttpStatusCode> SendAsync(VideoServer server, string videoId, byte[] bytes, string range)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "front.mp4" } };
        form.Headers.TryAddWithoutValidation("Content-Range", range);
        using var answer = await server.Host.Client.PostAsync(new Uri($"/videos/{videoId}/source", UriKind.Relative), form);
        return answer.StatusCode;
    }

    /// <summary>Stops in its middle until something has happened.</summary>
    private sealed class HeldBody(byte[] bytes, int at, Func<Task> until) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, at));
            await stream.FlushAsync();
            await until();
            await stream.WriteAsync(bytes.AsMemory(at));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
