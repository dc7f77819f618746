using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>Gemini's <c>generateContent</c>, with references inside as base64 that is made while it is sent.</summary>
internal sealed class GeminiContent : HttpContent
{
    private readonly IFileStore _files;
    private readonly List<(int At, StoredFile File)> _pictures = [];
    private readonly ReadOnlyMemory<byte> _json;

    /// <param name="references">Those that are gone go without their bytes, which the vendor refuses.</param>
    public GeminiContent(IFileStore files, JsonObject input, IReadOnlyList<(StoredReference Reference, StoredFile? File)> references)
    {
        _files = files;
        _json = Write(input, references);
        Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var sent = 0;

        foreach (var (at, file) in _pictures)
        {
            await stream.WriteAsync(_json[sent..at], cancellationToken);
            sent = at;

            using var transform = new ToBase64Transform();
            await using var base64 = new CryptoStream(stream, transform, CryptoStreamMode.Write, leaveOpen: true);
            await StoredFileContent.WriteAsync(_files, file, base64, cancellationToken);
        }

        await stream.WriteAsync(_json[sent..], cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _json.Length + _pictures.Sum(picture => (picture.File.Length + 2) / 3 * 4);
        return true;
    }

    /// <summary>All but the pictures' bytes, and notes where those belong.</summary>
    private ReadOnlyMemory<byte> Write(JsonObject input, IReadOnlyList<(StoredReference Reference, StoredFile? File)> references)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);

        writer.WriteStartObject();
        writer.WriteStartArray("contents");
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteStartArray("parts");
        writer.WriteStartObject();
        writer.WriteString("text", input.Text("prompt"));
        writer.WriteEndObject();

        foreach (var (reference, file) in references)
            WritePicture(writer, reference, file);

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();

        writer.WriteStartObject("generationConfig");
        writer.WriteStartArray("responseModalities");
        writer.WriteStringValue("IMAGE");
        writer.WriteEndArray();
        writer.WriteStartObject("imageConfig");
        writer.WriteString("aspectRatio", input.Text("aspectRatio"));

        if (input.Text("imageSize") is { } size)
            writer.WriteString("imageSize", size);

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();

        return json.WrittenMemory;
    }

    private void WritePicture(Utf8JsonWriter writer, StoredReference reference, StoredFile? file)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("inline_data");
        writer.WriteString("mime_type", reference.ContentType);
        writer.WriteString("data", "");

        // Before the quotation mark that ends it.
        if (file is not null)
            _pictures.Add(((int)(writer.BytesCommitted + writer.BytesPending - 1), file));

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
