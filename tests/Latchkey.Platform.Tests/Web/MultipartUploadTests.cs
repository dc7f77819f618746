using System.Globalization;
using System.Net;
using System.Text;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

[Collection(Alone.Name)]
public sealed class MultipartUploadTests
{
    private const long MaxFile = 400 * 1024 * 1024;

    [Theory]
    [InlineData("file", "a.mp4", "a.mp4")]
    [InlineData("10m.mp4.part.a", "/home/me/a.mp4", "a.mp4")]
    [InlineData("f", @"C:\films\a b.mp4", "a b.mp4")]
    [InlineData("f", "фильм.mp4", "фильм.mp4")]
    [InlineData("f", "..", "unnamed")]
    [InlineData("f", "x/", "unnamed")]
    public async Task Can_take_the_file_whatever_its_field_is_called(string field, string sent, string name)
    {
        await using var site = await StartAsync();

        (await UploadAsync(site, Field("videoId", "vi1"), File(field, sent, "bytes"), Field("after", "z"))).ShouldBe(
            $"200 {name} 5 bytes before:videoId=vi1 all:after=z,videoId=vi1"
        );
    }

    [Fact]
    public async Task Can_take_the_file_first()
    {
        await using var site = await StartAsync();

        (await UploadAsync(site, File("file", "a.mp4", "bytes"), Field("videoId", "vi1"))).ShouldBe(
            "200 a.mp4 5 bytes before: all:videoId=vi1"
        );
    }

    [Fact]
    public async Task Can_shorten_a_long_name()
    {
        await using var site = await StartAsync();

        (await UploadAsync(site, File("file", new string('n', 1000), "b"))).ShouldStartWith($"200 {new string('n', 255)} 1 ");
    }

    [Fact]
    public async Task Cannot_upload_badly()
    {
        await using var site = await StartAsync();
        var tooMany = Enumerable.Range(0, 101).Select(n => Field($"f{n}", "v")).ToArray();

        (await UploadAsync(site, Field("a", "b"))).ShouldBe("400 NoFile");
        (await UploadAsync(site, File("a", "a", "1"), File("b", "b", "2"))).ShouldBe("400 ManyFiles");
        (await UploadAsync(site, File("a", "a", ""))).ShouldBe("400 EmptyFile");
        (await UploadAsync(site, tooMany)).ShouldBe("413 FieldsTooLarge");
        (await UploadAsync(site, Field("a", new string('x', 70_000)))).ShouldBe("413 FieldsTooLarge");
        (await UploadAsync(site, "just text")).ShouldBe("400 NoFile");
        (await UploadAsync(site, "--b\r\n\r\nno disposition\r\n")).ShouldBe("400 Malformed");
        (await SendAsync(site, File("a", "a", "cut off"), "multipart/form-data; boundary=b")).ShouldBe("400 Malformed");
        (await SendAsync(site, "{}", "application/json")).ShouldBe("400 NotMultipart");
        (await SendAsync(site, "{}", "multipart/form-data")).ShouldBe("400 NotMultipart");
    }

    [Fact]
    public async Task Can_take_several_files_and_repeated_fields()
    {
        await using var site = await TestSite.StartAsync(
            routes => routes.MapPost("/files", (Delegate)(async (HttpContext context) => Results.Text(await ReadFilesAsync(context)))),
            new Facade(["/files"], new MultipartProblems())
        );

        (await SendAsync(Field("a", "1"), File("b", "b", "xx"), Field("a", "2"), File("c[]", "c", "yyy"))).ShouldBe(
            "200 b:2 c[]:3 a=1 a=2"
        );
        (await SendAsync(Field("a", "1"))).ShouldBe("200 a=1");
        (await SendAsync(File("a", "a", "1"), File("b", "b", "2"), File("c", "c", "3"))).ShouldBe("400 ManyFiles");
        (await SendAsync(File("a", "a", new string('x', 2000)))).ShouldBe("413 FileTooLarge");

        Task<string> SendAsync(params string[] parts) =>
            MultipartUploadTests.SendAsync(site, string.Concat(parts) + "--b--\r\n", "multipart/form-data; boundary=b", "/files");
    }

    [Fact]
    public async Task Can_take_a_large_file_in_little_memory()
    {
        const long Size = 300L * 1024 * 1024;
        await using var site = await StartAsync();
        using var content = new MultipartFormDataContent { { new StreamContent(new Zeros(Size)), "file", "large.mp4" } };

        GC.Collect();
        var (before, allocated) = (GC.GetTotalMemory(forceFullCollection: true), GC.GetTotalAllocatedBytes(precise: true));
        using var answer = await site.Client.PostAsync("/upload", content);

        (await answer.Content.ReadAsStringAsync()).ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"large.mp4 {Size} "));
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(20 * 1024 * 1024);
        (GC.GetTotalAllocatedBytes(precise: true) - allocated).ShouldBeLessThan(100 * 1024 * 1024);
    }

    [Fact]
    public async Task Cannot_send_a_file_over_the_limit()
    {
        await using var site = await StartAsync(maxFile: 1000);

        (await UploadAsync(site, File("a", "a", new string('x', 1000)))).ShouldStartWith("200 ");
        (await UploadAsync(site, File("a", "a", new string('x', 1001)))).ShouldBe("413 FileTooLarge");
    }

    [Fact]
    public async Task Cannot_pass_for_whole_when_the_sender_goes_away()
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await StartAsync(onFailure: failed.SetResult);
        var start = "--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nsome";

        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, site.Address.Port);
            await socket
                .GetStream()
                .WriteAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n{start}"
                    )
                );
        }

        (await failed.Task).ShouldBeOfType<MultipartException>().Failure.ShouldBe(MultipartFailure.SenderWentAway);
    }

    private static string Field(string name, string value) => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";

    private static string File(string field, string name, string bytes) =>
        $"--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name.Replace("\\", "\\\\")}\"\r\nContent-Type: video/mp4\r\n\r\n{bytes}\r\n";

    private static Task<string> UploadAsync(TestSite site, params string[] parts) =>
        SendAsync(site, string.Concat(parts) + "--b--\r\n", "multipart/form-data; boundary=b");

    private static async Task<string> SendAsync(TestSite site, string body, string contentType, string path = "/upload")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var answer = await site.Client.PostAsync(path, content);

        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    private static Task<TestSite> StartAsync(long maxFile = MaxFile, Action<Exception>? onFailure = null) =>
        TestSite.StartAsync(
            routes =>
                routes.MapPost(
                    "/upload",
                    async (HttpContext context) =>
                    {
                        try
                        {
                            return Results.Text(await ReadAsync(context, maxFile));
                        }
                        catch (Exception failure)
                        {
                            onFailure?.Invoke(failure);
                            throw;
                        }
                    }
                ),
            new Facade(["/upload"], new MultipartProblems()) { MaxBodyBytes = 10 }
        );

    private static async Task<string> ReadAsync(HttpContext context, long maxFile)
    {
        var (bytes, before) = ("", "");
        var form = await MultipartUpload.ReadAsync(
            context.Request,
            new MultipartLimits(maxFile),
            async (file, cancellation) =>
            {
                before = Text(file.FieldsBefore);
                var buffer = new byte[64 * 1024];

                for (int read; (read = await file.Content.ReadAsync(buffer, cancellation)) > 0; )
                    bytes = Encoding.UTF8.GetString(buffer, 0, Math.Min(read, 10));
            },
            context.RequestAborted
        );

        return $"{form.FileName} {form.FileLength} {bytes} before:{before} all:{Text(form.Fields)}";
    }

    private static async Task<string> ReadFilesAsync(HttpContext context)
    {
        var lines = new List<string>();
        var fields = await MultipartUpload.ReadFilesAsync(
            context.Request,
            new MultipartLimits(MaxFile) { MaxFiles = 2, MaxBodyBytes = 1000 },
            async (file, cancellation) =>
            {
                await file.Content.CopyToAsync(Stream.Null, cancellation);
                lines.Add($"{file.FieldName}:{file.Content.Position}");
            },
            context.RequestAborted
        );

        return string.Join(' ', lines.Concat(fields.Select(field => $"{field.Key}={field.Value}")));
    }

    private static string Text(IReadOnlyDictionary<string, string> fields) =>
        string.Join(',', fields.Select(field => $"{field.Key}={field.Value}").Order(StringComparer.Ordinal));

    private sealed class MultipartProblems : IProblemWriter
    {
        public Task WriteAsync(HttpContext context, int status, Exception? failure)
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync((failure as MultipartException)?.Failure.ToString() ?? failure?.ToString() ?? "");
        }
    }

    private sealed class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Clear();
            _left -= read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
