using System.Text.Json.Nodes;

namespace Latchkey.Generation.Providers.Fal;

/// <summary>What fal.ai says of a request.</summary>
internal static class FalStatus
{
    public const string Completed = "COMPLETED";

    public static QueryOutcome Of(ProviderAnswer answer) =>
        answer.Text("status") switch
        {
            "IN_QUEUE" when answer.IsSuccess => new QueryOutcome.Running(10),
            "IN_PROGRESS" when answer.IsSuccess => new QueryOutcome.Running(50),
            _ when answer.Status == 404 => new QueryOutcome.NotKnown(),
            _ => new QueryOutcome.Unavailable(answer.Reason ?? "http_" + answer.Status, answer.RetryAfter),
        };

    public static QueryOutcome OfResult(ProviderAnswer answer)
    {
        if (answer.IsSuccess && answer.Json is not null)
            return new QueryOutcome.Succeeded([.. Urls(answer.Json).Select(url => new OutputSource(OutputPlace.Web, url))]);

        return answer.Reach == ProviderReach.Answered && answer.Status is >= 400 and not (401 or 403 or 408 or 429 or 502 or 503 or 504)
            ? new QueryOutcome.Failed(FalErrors.OfResult(answer))
            : new QueryOutcome.Unavailable(answer.Reason ?? "http_" + answer.Status, answer.RetryAfter);
    }

    private static IEnumerable<string> Urls(JsonNode output)
    {
        if (output.Text("video", "url") is { } video)
            yield return video;

        foreach (var list in new[] { "images", "videos" })
        {
            foreach (var item in output.At(list) as JsonArray ?? [])
            {
                if (item.Text("url") is { } url)
                    yield return url;
            }
        }
    }
}
