using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>LaoZhang: Gemini's pictures, and OpenAI-like videos that answer 400 task_not_exist at first.</summary>
internal sealed class LaoZhangEmulator(TimeProvider time) : OpenAiEmulator(time)
{
    private static readonly string[] GeminiModels =
    [
        "gemini-2.5-flash-image",
        "gemini-3-pro-image-preview",
        "gemini-3-pro-image-preview-2k",
        "gemini-3-pro-image-preview-4k",
    ];

    /// <summary>Answered with 200 and nothing in it, for this reason.</summary>
    public string? FinishReason { get; set; }

    protected override string[] VideoModels => ["sora-2", "sora-2-pro", "veo-3.1-generate-preview", "veo-3.1-fast-generate-preview"];

    protected override void Map(WebApplication app)
    {
        base.Map(app);
        app.MapPost("/v1beta/models/{name}", GenerateContentAsync);
    }

    protected override IResult NotKnown() => Error(400, "task_not_exist", "task_not_exist");

    private async Task<IResult> GenerateContentAsync(string name, HttpContext http)
    {
        if (!HasKey(http) || http.Request.Headers["x-goog-api-key"] != GoodKey)
            return Error(401, "invalid_api_key", "无效的令牌");

        var model = name.Split(':')[0];
        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        var settings = (JsonObject)body["generationConfig"]!;

        if (!GeminiModels.Contains(model))
            return Error(503, "model_not_found", Complaint([], model, "a-known-model*")!);

        var complaint =
            Complaint(body, model, "contents* generationConfig*")
            ?? Complaint(settings, model, "responseModalities* imageConfig*")
            ?? Complaint((JsonObject)settings["imageConfig"]!, model, "aspectRatio* imageSize");

        if (complaint is not null)
            return Error(400, "invalid_value", complaint);

        return await TakeAsync(
            http,
            body,
            "gemini_",
            _ =>
                Task.FromResult(
                    Results.Json(
                        FinishReason is { } reason
                            ? new JsonObject { ["candidates"] = new JsonArray { new JsonObject { ["finishReason"] = reason } } }
                            : Picture()
                    )
                )
        );
    }

    private static JsonObject Picture() =>
        new()
        {
            ["candidates"] = new JsonArray
            {
                new JsonObject
                {
                    ["content"] = new JsonObject
                    {
                        ["parts"] = new JsonArray
                        {
                            new JsonObject { ["text"] = "Here it is." },
                            new JsonObject
                            {
                                ["inlineData"] = new JsonObject
                                {
                                    ["mimeType"] = "image/png",
                                    ["data"] = Convert.ToBase64String(Media.Png),
                                },
                            },
                        },
                    },
                },
            },
        };
}
