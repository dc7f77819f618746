using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// A generation, with its variants, as apps find it in the project's table <c>generations</c>. Its files are told by their paths in the bucket,
/// and by addresses that ask for their user's token: neither expires.
/// </summary>
internal static class GenerationRow
{
    /// <summary>Counts the changes of a generation: what comes late never overwrites what is newer.</summary>
    public const string RevisionColumn = "latchkey_revision";

    /// <param name="jobs">A job and its variants, in their order.</param>
    public static JsonObject From(
        IReadOnlyList<GenerationJob> jobs,
        IReadOnlyList<GenerationOutput> outputs,
        long revision,
        SupabaseProject project
    )
    {
        var first = jobs[0];
        var state = JobResponse.StateOf(jobs);
        var order = first.ReadOrder();
        var shown = outputs.Count > 0 ? outputs[0] : null;
        var isPhoto = first.Kind == MediaKind.Image;
        var failed = state.ForCallers() is "failed" or "cancelled" ? jobs.FirstOrDefault(job => job.Reason is not null) : null;
        var urls = outputs.Where(output => output.StoragePath is not null).Select(output => project.UrlOf(output.StoragePath!)).ToList();

        return new JsonObject
        {
            ["id"] = first.Id,
            ["user_id"] = Guid.TryParseExact(first.OwnerId, "D", out _) ? first.OwnerId : null,
            ["type"] = isPhoto ? "photo" : "video",
            ["status"] = state == JobState.Succeeded ? "success" : state.ForCallers(),
            ["model_id"] = first.ModelId,
            ["model_name"] = first.ModelName,
            ["prompt"] = first.Prompt,
            ["negative_prompt"] = order.Text(OrderFields.NegativePrompt),
            ["aspect_ratio"] = order.Text(OrderFields.AspectRatio),
            ["resolution"] = order.Text(OrderFields.Resolution),
            ["params"] = order.Values.DeepClone(),
            ["credits_used"] = jobs.Sum(job => job.State is JobState.Failed or JobState.Cancelled ? 0 : job.Cost),
            ["task_id"] = first.TaskId,
            ["original_path"] = shown?.StoragePath,
            ["preview_path"] = shown?.PreviewPath ?? (isPhoto ? shown?.StoragePath : shown?.PosterPath),
            ["poster_path"] = shown?.PosterPath,
            ["preview_status"] = PreviewStatus(isPhoto, shown),
            ["result_url"] = urls.FirstOrDefault(),
            ["result_urls"] = new JsonArray([.. urls.Select(url => JsonValue.Create(url))]),
            ["duration_sec"] = shown?.Seconds,
            ["error"] = failed?.Reason,
            ["error_message"] = failed?.Message,
            ["is_favorite"] = first.IsFavorite,
            ["metadata"] = new JsonObject { ["owner"] = first.OwnerId, ["provider"] = first.Provider },
            ["created_at"] = Time(first.CreatedAt),
            ["updated_at"] = Time(jobs.Max(job => job.UpdatedAt)),
            ["completed_at"] = jobs.All(job => job.HasEnded) ? Time(jobs.Max(job => job.EndedAt!.Value)) : null,
            [RevisionColumn] = revision,
        };
    }

    /// <summary>Not ready for as long as its file is on its way.</summary>
    private static string PreviewStatus(bool isPhoto, GenerationOutput? shown) =>
        shown is null ? "none"
        : shown.StoragePath is null ? "processing"
        : isPhoto || shown.PosterPath is not null || shown.PreviewPath is not null ? "ready"
        : "failed";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
}
