using System.Text.Json;
using System.Text.Json.Nodes;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>What KIE.ai says of a task.</summary>
internal static class KieStatus
{
    private static readonly string[] SingleNames = ["videoUrl", "imageUrl", "audioUrl", "url"];

    /// <summary><c>state</c> is waiting, queuing, generating, success or fail; <c>resultJson</c> is JSON in a string.</summary>
    public static QueryOutcome OfMarket(JsonNode? data)
    {
        if (data is null)
            return new QueryOutcome.NotKnown();

        var urls = Urls(ParseText(data.Text("resultJson"))).ToList();

        return data.Text("state") switch
        {
            "waiting" => new QueryOutcome.Running(5),
            "queuing" => new QueryOutcome.Running(15),
            "generating" => new QueryOutcome.Running(50),
            "fail" => new QueryOutcome.Failed(KieErrors.Failure(data.Text("failCode"), data.Text("failMsg"))),
            "success" => Done(urls),
            // Some models answer without a state once their results are there.
            _ => urls.Count > 0 ? Done(urls) : new QueryOutcome.Running(null),
        };
    }

    /// <summary><c>successFlag</c> is 0 while it runs, 1 when done, 2 and 3 when failed.</summary>
    public static QueryOutcome OfVeo(JsonNode? data)
    {
        if (data is null)
            return new QueryOutcome.NotKnown();

        return data.Number("successFlag") switch
        {
            1 => Done([.. Urls(data.At("response"))]),
            2 or 3 => new QueryOutcome.Failed(KieErrors.Failure(data.Text("errorCode"), data.Text("errorMessage"))),
            _ => new QueryOutcome.Running(50),
        };
    }

    private static QueryOutcome.Succeeded Done(IEnumerable<string> urls) =>
        new([.. urls.Select(url => new OutputSource(OutputPlace.Web, url))]);

    private static IEnumerable<string> Urls(JsonNode? result)
    {
        var listed = (result.At("resultUrls") ?? result.At("outputs")) switch
        {
            JsonArray items => items.Select(item => item is JsonObject ? Single(item) : item?.ToString()),
            // Veo's list has come as JSON in a string, too.
            JsonValue text when ParseText(text.ToString()) is JsonArray items => items.Select(item => item?.ToString()),
            JsonValue text => [text.ToString()],
            _ => [Single(result)],
        };

        return listed.OfType<string>().Where(url => url.Length > 0).Distinct(StringComparer.Ordinal);
    }

    private static string? Single(JsonNode? result) =>
        SingleNames.Select(name => result.Text(name)).FirstOrDefault(url => url is { Length: > 0 });

    private static JsonNode? ParseText(string? text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
