using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.References;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.FalApi;

/// <summary>A request in the queue, as it was taken or as it is now.</summary>
internal sealed record FalRequest(
    string Status,
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("response_url")] string ResponseUrl,
    [property: JsonPropertyName("status_url")] string StatusUrl,
    [property: JsonPropertyName("cancel_url")] string CancelUrl
)
{
    public const string Completed = "COMPLETED";

    private const string InQueue = "IN_QUEUE";

    public IReadOnlyList<string> Logs { get; } = [];

    /// <summary>Nobody knows how many are before it at a provider: none, as far as this server knows.</summary>
    [JsonPropertyName("queue_position"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? QueuePosition => Status == InQueue ? 0 : null;

    /// <param name="app">The address of owner and app.</param>
    public static FalRequest From(IReadOnlyList<GenerationJob> jobs, string app)
    {
        var request = $"{app}/requests/{jobs[0].Id}";
        var status = JobResponse.StateOf(jobs).ForCallers() switch
        {
            "queued" => InQueue,
            "processing" => "IN_PROGRESS",
            _ => Completed,
        };

        return new(status, jobs[0].Id, request, request + "/status", request + "/cancel");
    }
}

internal sealed record FalResult(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FalFile? Video,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FalFile>? Images,
    string Prompt
)
{
    /// <param name="jobs">A job that delivered, with its variants, in their order.</param>
    public static FalResult From(IReadOnlyList<GenerationJob> jobs, IReadOnlyList<GenerationOutput> outputs, OutputUrls links)
    {
        var files = jobs.SelectMany(job => outputs.Where(output => output.JobId == job.Id).OrderBy(output => output.Index))
            .Select(output => FalFile.From(output, links))
            .ToList();

        return jobs[0].Kind == MediaKind.Video ? new(files[0], null, jobs[0].Prompt) : new(null, files, jobs[0].Prompt);
    }
}

internal sealed record FalFile(
    string Url,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("file_size")] long FileSize,
    int? Width,
    int? Height
)
{
    public static FalFile From(GenerationOutput output, OutputUrls links) =>
        new(links.Original(output), output.ContentType, Path.GetFileName(output.FileKey), output.Bytes, output.Width, output.Height);
}

/// <summary>What a webhook says (https://docs.fal.ai/model-endpoints/webhooks).</summary>
/// <param name="Status">OK or ERROR.</param>
/// <param name="Payload">The result, or what its address answers with in its place.</param>
internal sealed record FalWebhook(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("gateway_request_id")] string GatewayRequestId,
    string Status,
    object Payload,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error
)
{
    /// <param name="jobs">A job that has ended, with its variants.</param>
    public static FalWebhook From(IReadOnlyList<GenerationJob> jobs, IReadOnlyList<GenerationOutput> outputs, OutputUrls links)
    {
        var id = jobs[0].Id;

        if (JobResponse.StateOf(jobs) == JobState.Succeeded)
            return new(id, id, "OK", FalResult.From(jobs, outputs, links), null);

        var problem = FalProblem.From(jobs);
        return new(id, id, "ERROR", problem.Body, $"Invalid status code: {problem.Status}");
    }
}

internal sealed record FalUpload(
    [property: JsonPropertyName("upload_url")] string UploadUrl,
    [property: JsonPropertyName("file_url")] string FileUrl
);

/// <summary>What is about to be uploaded; for the document of the API.</summary>
internal sealed record FalUploadRequest(
    [property: JsonPropertyName("file_name")] string? FileName,
    [property: JsonPropertyName("content_type")] string? ContentType
);

/// <param name="Etag">How the client names the part when all are there: here its size, which is then known without a row.</param>
internal sealed record FalPart(int PartNumber, string Etag);

/// <summary>All parts of an upload.</summary>
internal sealed record FalParts(IReadOnlyList<FalPart> Parts)
{
    /// <returns>The length of the whole; <c>null</c> when the parts do not make one.</returns>
    public static async Task<long?> LengthAsync(HttpRequest request, CancellationToken cancellation)
    {
        try
        {
            var parts = JsonSerializer
                .Deserialize<FalParts>(await request.ReadBytesAsync(cancellation), JsonSerializerOptions.Web)
                ?.Parts?.ToList();
            var length = 0L;

            for (var index = 0; index < parts?.Count; index++)
            {
                if (
                    parts[index]?.PartNumber != index + 1
                    || !int.TryParse(parts[index].Etag, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                    || size is < 1 or > UploadStore.PartBytes
                    || (size < UploadStore.PartBytes && index < parts.Count - 1)
                )
                    return null;

                length += size;
            }

            return length is > 0 and <= UploadStore.MaxBytes ? length : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record FalCancelled(string Status);

internal sealed record FalProblemBody(string Detail);
