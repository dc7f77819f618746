using System.Text.Json.Serialization;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.OpenAiApi;

internal sealed record OpenAiList<T>(IReadOnlyList<T> Data)
{
    public string Object { get; } = "list";

    [JsonPropertyName("has_more")]
    public bool HasMore { get; }
}

internal sealed record OpenAiModel(string Id)
{
    public string Object { get; } = "model";

    public long Created { get; }

    [JsonPropertyName("owned_by")]
    public string OwnedBy { get; } = "latchkey";
}

internal sealed record OpenAiImages(long Created, IReadOnlyList<OpenAiImage> Data);

internal sealed record OpenAiImage(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonPropertyName("b64_json"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Base64
);

internal sealed record OpenAiDeleted(string Id)
{
    public string Object { get; } = "video.deleted";

    public bool Deleted { get; } = true;
}

internal sealed record OpenAiVideo(
    string Id,
    string Status,
    int Progress,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("completed_at")] long? CompletedAt,
    OpenAiVideoError? Error,
    string Model,
    string Prompt,
    string? Seconds,
    string? Size
)
{
    public string Object { get; } = "video";

    [JsonPropertyName("expires_at")]
    public long? ExpiresAt { get; }

    [JsonPropertyName("remixed_from_video_id")]
    public string? RemixedFrom { get; }

    public static OpenAiVideo From(GenerationJob job)
    {
        var order = job.ReadOrder();

        return new(
            job.Id,
            job.State.ForCallers() switch
            {
                "queued" => "queued",
                "processing" => "in_progress",
                "completed" => "completed",
                _ => "failed",
            },
            job.Progress,
            job.CreatedAt.ToUnixTimeSeconds(),
            job.State == JobState.Succeeded ? job.EndedAt?.ToUnixTimeSeconds() : null,
            job.Reason is { } reason && (job.HasEnded || job.State == JobState.Overdue)
                ? new OpenAiVideoError(reason, job.Message ?? "The video was cancelled.")
                : null,
            job.ModelId,
            job.Prompt,
            order.Text(OrderFields.Duration),
            order.Text(OrderFields.AspectRatio) switch
            {
                "9:16" or "portrait" => "720x1280",
                "1:1" => "720x720",
                _ => "1280x720",
            }
        );
    }
}

internal sealed record OpenAiVideoError(string Code, string Message);

internal sealed record OpenAiImageRequest(string Prompt)
{
    public string? Model { get; init; }
    public int? N { get; init; }
    public string? Size { get; init; }
    public string? Quality { get; init; }

    [JsonPropertyName("response_format")]
    public string? ResponseFormat { get; init; }
}

internal sealed record OpenAiProblemBody(OpenAiProblemDetail Error);

internal sealed record OpenAiProblemDetail(string Message, string Type, string? Param, string? Code);
