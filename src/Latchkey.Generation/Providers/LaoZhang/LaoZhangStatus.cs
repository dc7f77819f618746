using System.Text.Json.Nodes;
using Latchkey.Generation.Providers.OpenAi;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>What LaoZhang says of a task, and where in its answers the pictures are.</summary>
internal static class LaoZhangStatus
{
    public static QueryOutcome Of(ProviderAnswer answer)
    {
        if (!answer.IsSuccess)
            return answer.Status is 400 or 404 && IsNotKnown(answer)
                ? new QueryOutcome.NotKnown()
                : new QueryOutcome.Unavailable(answer.Reason ?? "http_" + answer.Status, answer.RetryAfter);

        return answer.Text("status") switch
        {
            "submitted" or "queued" => new QueryOutcome.Running(10),
            "completed" => new QueryOutcome.Succeeded([OutputOf(answer)]),
            // An error has come as an object and as a plain text.
            "failed" => new QueryOutcome.Failed(
                OpenAiErrors.Failure(answer.Text("error", "code"), answer.Text("error", "message") ?? answer.Text("error"))
            ),
            _ => new QueryOutcome.Running(answer.Json.Number("progress")),
        };
    }

    /// <summary>As OpenAI lists its pictures: objects with <c>b64_json</c>.</summary>
    public static JsonArray PicturesIn(JsonNode? answer)
    {
        var pictures = new JsonArray();

        foreach (var candidate in answer.At("candidates") as JsonArray ?? [])
        {
            foreach (var part in candidate.At("content", "parts") as JsonArray ?? [])
            {
                if ((part.Text("inlineData", "data") ?? part.Text("inline_data", "data")) is { } data)
                    pictures.Add(new JsonObject { ["b64_json"] = data });
            }
        }

        return pictures;
    }

    private static OutputSource OutputOf(ProviderAnswer answer) =>
        (answer.Text("video_url") ?? answer.Text("url")) is { Length: > 0 } url
            ? new OutputSource(OutputPlace.Web, url)
            : new OutputSource(OutputPlace.Vendor, answer.Text("id")!);

    private static bool IsNotKnown(ProviderAnswer answer) =>
        answer.Json?.ToJsonString().Contains("task_not_exist", StringComparison.Ordinal) == true;
}
