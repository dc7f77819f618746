using System.Text.Json.Serialization;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.OpenAiApi;

internal sealed record OpenAiList<T>(IReadOnlyList<T> Data)
{
    public string Object { get; } = "list";

    [JsonPropertyName("first_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FirstId { get; init; }

    /// <summary>What <c>after</c> is given for the next page.</summary>
    [JsonPropertyName("last_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastId { get; init; }

    [JsonPropertyName("has_more")]
    public bool HasMore { get; init; }
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

/// <summary>The one event of a streamed picture: previews of it on its way are optional, and there are none here.</summary>
/// <param name="Type"><c>image_generation.completed</c> or <c>image_edit.completed</c>.</param>
internal sealed record OpenAiImageEvent(
    string Type,
    [property: JsonPropertyName("b64_json")] string Base64,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("output_format")] string OutputFormat,
    string Size,
    string Quality
)
{
    public string Background { get; } = "opaque";

    public OpenAiUsage Usage { get; } = new();
}

/// <summary>Nobody counts tokens here: what is spent is credits.</summary>
internal sealed record OpenAiUsage
{
    [JsonPropertyName("total_tokens")]
    public int TotalTokens { get; }

    [JsonPropertyName("input_tokens")]
    public int InputTokens { get; }

    [JsonPropertyName("output_tokens")]
    public int OutputTokens { get; }

    [JsonPropertyName("input_tokens_details")]
    public OpenAiTokenDetails InputDetails { get; } = new();
}

internal sealed record OpenAiTokenDetails
{
    [JsonPropertyName("image_tokens")]
    public int ImageTokens { get; }

    [JsonPropertyName("text_tokens")]
    public int TextTokens { get; }
}

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

    /// <summary>Server-sent events instead of one answer.</summary>
    public bool? Stream { get; init; }

    [JsonPropertyName("partial_images")]
    public int? PartialImages { get; init; }
}

internal sealed record OpenAiProblemBody(OpenAiProblemDetail Error);

internal sealed record OpenAiProblemDetail(string Message, string Type, string? Param, string? Code);
