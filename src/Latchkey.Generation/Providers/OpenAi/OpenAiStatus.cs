using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers.OpenAi;

/// <summary>What OpenAI says of a video.</summary>
internal static class OpenAiStatus
{
    // The two clocks need not agree.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    public static QueryOutcome Of(ProviderAnswer answer)
    {
        if (!answer.IsSuccess)
            return answer.Status == 404
                ? new QueryOutcome.NotKnown()
                : new QueryOutcome.Unavailable(answer.Reason ?? "http_" + answer.Status, answer.RetryAfter);

        return answer.Text("status") switch
        {
            "queued" => new QueryOutcome.Running(10),
            "completed" => new QueryOutcome.Succeeded([new OutputSource(OutputPlace.Vendor, answer.Text("id")!)]),
            "failed" => new QueryOutcome.Failed(OpenAiErrors.Failure(answer.Text("error", "code"), answer.Text("error", "message"))),
            _ => new QueryOutcome.Running(answer.Json.Number("progress")),
        };
    }

    public static string? Find(ProviderAnswer answer, ProviderTask task)
    {
        var since = (task.SubmittedAt - ClockDifference).ToUnixTimeSeconds();
        var ours = (answer.Json.At("data") as JsonArray ?? [])
            .Where(video => video.Text("prompt") == task.Order.Prompt && video.Number("created_at") >= since)
            .ToList();

        // Two of the same prompt cannot be told apart: taking the wrong one would deliver it twice.
        return ours.Count == 1 ? ours[0].Text("id") : null;
    }
}
