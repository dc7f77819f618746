using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Problems;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Bodies;

/// <summary>What a request brought: JSON, in which marks stand for files.</summary>
/// <param name="Hash">Of everything, files included: equal bodies have equal ones.</param>
internal sealed record ReceivedBody(byte[] Json, BodyFiles Files, string Hash) : IDisposable
{
    public void Dispose() => Files.Dispose();
}

/// <summary>
/// Reads the body of an order, JSON or a form, with what is large in it going straight to disk: memory stays as it is, however many arrive at
/// once.
/// </summary>
internal sealed class BodyReader(IFileStore store)
{
    /// <summary>Of JSON.</summary>
    public const long MostJson = 50L * 1024 * 1024;

    /// <summary>Of a form: the largest clip that a model takes, and what stands beside it.</summary>
    public const long MostForm = 256L * 1024 * 1024;

    private const int MostFiles = 16;
    private const int Chunk = 64 * 1024;

    /// <summary>Fields whose text is JSON.</summary>
    private static readonly string[] Structured = ["multiPrompt", "multi_prompt", "shots", "params"];

    /// <returns>The body, to be disposed of; or what is wrong with it.</returns>
    public async Task<(ReceivedBody? Body, GenerationProblem? Problem)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var files = new BodyFiles(store);

        try
        {
            var body = request.HasFormContentType
                ? await FormAsync(request, files, cancellation)
                : await JsonAsync(request, files, cancellation);

            return (body, null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            files.Dispose();
            return (null, GenerationProblem.Invalid("The body must be a JSON object"));
        }
        catch (Exception failure)
            when (failure is InvalidDataException or MultipartException { StatusCode: StatusCodes.Status400BadRequest })
        {
            files.Dispose();
            return (null, GenerationProblem.Invalid(failure.Message));
        }
        catch (Exception failure)
        {
            files.Dispose();

            if (failure is IOException full && StorageFullException.IsFull(full))
                throw new StorageFullException(full);

            throw;
        }
    }

    private static async Task<ReceivedBody> JsonAsync(HttpRequest request, BodyFiles files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var splitter = new DataUrlSplitter(files);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);

        try
        {
            while (await request.Body.ReadAsync(buffer, cancellation) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                await splitter.TakeAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        var json = splitter.Text;
        JsonText.Check(json);

        return new ReceivedBody(json, files, Hex(hash));
    }

    /// <summary>The fields are those of the JSON; a name that comes several times is a list, with or without <c>[]</c> behind it.</summary>
    private static async Task<ReceivedBody> FormAsync(HttpRequest request, BodyFiles files, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var fields = new JsonObject();
        var limits = new MultipartLimits(MostForm) { MaxBodyBytes = MostForm, MaxFiles = MostFiles };
        var texts = await MultipartUpload.ReadFilesAsync(
            request,
            limits,
            async (part, token) =>
            {
                var file = files.Add(isDataUrl: false);
                Note(part.FieldName, await KeepAsync(part.Content, file.Path, token));
                Add(fields, part.FieldName, file.Mark);
            },
            cancellation
        );

        foreach (var (name, text) in texts)
        {
            Note(name, Encoding.UTF8.GetBytes(text));
            Add(fields, name, Structured.Contains(name, StringComparer.Ordinal) ? JsonNode.Parse(text) : text);
        }

        return new ReceivedBody(JsonSerializer.SerializeToUtf8Bytes(fields), files, Hex(hash));

        void Note(string name, byte[] content)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(SHA256.HashData(content));
        }
    }

    private static async Task<byte[]> KeepAsync(Stream content, string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.Create(path);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);

        try
        {
            while (await content.ReadAsync(buffer, cancellation) is var read and > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return hash.GetHashAndReset();
    }

    private static void Add(JsonObject fields, string name, JsonNode? value)
    {
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        name = bracket > 0 ? name[..bracket] : name;

        switch (fields[name])
        {
            case null:
                fields[name] = value;
                break;
            case JsonArray list:
                list.Add(value);
                break;
            case var first:
                fields[name] = new JsonArray(first.DeepClone(), value);
                break;
        }
    }

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
