using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Bodies;

/// <summary>Orders as forms with files in them, as <c>curl -F</c> sends them.</summary>
public class FormTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_order_with_files_in_a_form()
    {
        using var form = Form(("model", "nano-banana-pro"), ("prompt", "A fox"), ("aspectRatio", "16:9"), ("variants", "2"));
        Add(form, "referenceImages", Media.Png);
        Add(form, "referenceImages", Media.Png);
        form.Add(new StringContent(Media.PngDataUrl), "referenceImages[]");

        var answer = await SendAsync("photo", form, HttpStatusCode.OK);

        answer["mode"]!.GetValue<string>().ShouldBe("i2i");
        var job = await _host.WaitAsync(answer["jobId"]!.GetValue<string>());
        job["results"]!.AsArray().Count.ShouldBe(2);
        var order = (await _host.RowAsync(answer["jobId"]!.GetValue<string>())).ReadOrder();
        order.References.Count.ShouldBe(3);
        order.References.ShouldAllBe(reference => reference.ContentType == "image/png" && reference.Bytes == Media.Png.Length);
    }

    [Fact]
    public async Task Can_order_a_clip_of_files()
    {
        using var form = Form(("model", "kling-motion-control"), ("prompt", "A fox"), ("characterOrientation", "video"));
        Add(form, "referenceImage", Media.Png);
        Add(form, "referenceVideo", Media.Mp4);

        var answer = await SendAsync("video", form, HttpStatusCode.OK);
        var order = (await _host.RowAsync(answer["jobId"]!.GetValue<string>())).ReadOrder();

        order.Mode.ShouldBe("motion_control");
        order.References.Select(reference => reference.Role).ShouldBe([OrderFields.Images, OrderFields.Video]);
        order.Number(OrderFields.MotionSeconds).ShouldBe(1);
    }

    [Fact]
    public async Task Can_tell_equal_forms_from_others()
    {
        using var client = await _host.ClientOfAsync();

        var first = await OrderAsync(Media.Png);
        var again = await OrderAsync(Media.Png);
        again["jobId"]!.GetValue<string>().ShouldBe(first["jobId"]!.GetValue<string>());
        await OrderAsync([.. Media.Png, 0], HttpStatusCode.Conflict);

        async Task<JsonNode> OrderAsync(byte[] picture, HttpStatusCode expected = HttpStatusCode.OK)
        {
            using var form = Form(("model", "seedream-4.5"), ("prompt", "A fox"));
            Add(form, "referenceImage", picture);
            return await SendAsync("photo", form, expected, client, "form-1");
        }
    }

    [Fact]
    public async Task Cannot_send_files_that_cannot_be_used()
    {
        (await RefusedAsync("hello"u8.ToArray()))["details"]!
            .GetValue<string>()
            .ShouldBe("referenceImage is not a file of a kind that can be used here");
        (await RefusedAsync(Media.HugePng))["details"]!.GetValue<string>().ShouldBe("referenceImage has too many pixels");
        (await RefusedAsync([.. Media.Png, .. new byte[10 << 20]]))["details"]!
            .GetValue<string>()
            .ShouldBe("referenceImage is too large: at most 10 MB");

        using var many = Form(("model", "nano-banana-pro"), ("prompt", "A fox"));

        for (var number = 0; number < 20; number++)
            Add(many, "referenceImages", Media.Png);

        (await SendAsync("photo", many, HttpStatusCode.BadRequest))["details"]![0]!.GetValue<string>().ShouldContain("more than 16 files");

        using var prompt = Form(("model", "z-image"));
        Add(prompt, "prompt", Media.Png);
        (await SendAsync("photo", prompt, HttpStatusCode.BadRequest))["error"]!.GetValue<string>().ShouldBe("Prompt is required");

        using var shots = Form(("model", "z-image"), ("prompt", "A fox"), ("shots", "{"));
        await SendAsync("photo", shots, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Cannot_send_a_form_without_end()
    {
        using var form = Form(("model", "z-image"), ("prompt", "A fox"));
        form.Add(new StreamContent(new ZeroStream(BodyReader.MostForm)), "referenceImage", "a.png");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate/photo") { Content = form };
        request.Headers.ExpectContinue = true;

        using var answer = await _host.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!.GetValue<string>().ShouldBe("Request body is too large");
    }

    [Fact]
    public async Task Can_read_in_the_document_that_orders_may_be_forms()
    {
        var document = await _host.GetAsync("/openapi/generation.json", client: _host.Host.Anonymous);
        var body = document["paths"]!["/api/generate/photo"]!["post"]!["requestBody"]!["content"]!.AsObject();

        body.Select(type => type.Key).ShouldBe(["application/json", "multipart/form-data"], ignoreOrder: true);
        body["multipart/form-data"]!["schema"]!.ToJsonString().ShouldContain("OrderRequest");
    }

    private async Task<JsonNode> RefusedAsync(byte[] picture)
    {
        using var form = Form(("model", "seedream-4.5"), ("prompt", "A fox"));
        Add(form, "referenceImage", picture);
        var answer = await SendAsync("photo", form, HttpStatusCode.BadRequest);
        answer["error"]!.GetValue<string>().ShouldBe("Invalid input file");

        return answer;
    }

    private async Task<JsonNode> SendAsync(
        string kind,
        MultipartFormDataContent form,
        HttpStatusCode expected,
        HttpClient? client = null,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate/" + kind) { Content = form };

        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);

        using var answer = await (client ?? _host.Client).SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, text);

        return JsonNode.Parse(text)!;
    }

    private static MultipartFormDataContent Form(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();

        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);

        return form;
    }

    private static void Add(MultipartFormDataContent form, string name, byte[] bytes)
    {
        var part = new ByteArrayContent(bytes);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(part, name, "file.bin");
    }

    /// <summary>So many zeros, which nobody has to keep; it tells their number, so that the refusal comes before them.</summary>
    private sealed class ZeroStream(long length) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - Position);
            Array.Clear(buffer, offset, read);
            Position += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
