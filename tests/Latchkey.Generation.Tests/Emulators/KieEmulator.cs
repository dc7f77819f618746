using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>KIE.ai, as its documentation has it: HTTP 200 with a code in the body, results as JSON in a string, no list of tasks.</summary>
internal sealed class KieEmulator(TimeProvider time) : Emulator(time)
{
    /// <summary>A star marks what must be there.</summary>
    private static readonly Dictionary<string, string> Documented = new(StringComparer.Ordinal)
    {
        ["z-image"] = "prompt* aspect_ratio*",
        ["seedream/4.5-text-to-image"] = "prompt* aspect_ratio* quality*",
        ["seedream/4.5-edit"] = "prompt* image_urls* aspect_ratio* quality*",
        ["gpt-image/1.5-text-to-image"] = "prompt* aspect_ratio* quality*",
        ["gpt-image/1.5-image-to-image"] = "prompt* input_urls* aspect_ratio* quality*",
        ["flux-2/pro-text-to-image"] = "prompt* aspect_ratio* resolution*",
        ["flux-2/pro-image-to-image"] = "prompt* input_urls* aspect_ratio* resolution*",
        ["nano-banana-pro"] = "prompt* image_input aspect_ratio resolution output_format",
        ["google/nano-banana"] = "prompt* image_size output_format",
        ["grok-imagine/text-to-image"] = "prompt* aspect_ratio",
        ["grok-imagine/text-to-video"] = "prompt* aspect_ratio mode duration resolution",
        ["grok-imagine/image-to-video"] = "image_urls* prompt mode duration resolution",
        ["kling-2.6/text-to-video"] = "prompt* aspect_ratio* duration* sound*",
        ["kling-2.6/image-to-video"] = "prompt* image_urls* duration* sound*",
        ["kling-2.6/motion-control"] = "prompt input_urls* video_urls* mode* character_orientation*",
        ["kling/v2-5-turbo-text-to-video-pro"] = "prompt* negative_prompt duration aspect_ratio cfg_scale",
        ["kling/v2-5-turbo-image-to-video-pro"] = "prompt* negative_prompt image_url* tail_image_url duration cfg_scale",
        ["kling/v2-1-standard"] = "prompt* image_url* duration negative_prompt cfg_scale",
        ["kling/v2-1-pro"] = "prompt* image_url* duration negative_prompt cfg_scale tail_image_url",
        ["kling/v2-1-master-text-to-video"] = "prompt* duration aspect_ratio negative_prompt cfg_scale",
        ["kling/v2-1-master-image-to-video"] = "prompt* image_url* duration negative_prompt cfg_scale",
        ["wan/2-6-text-to-video"] = "prompt* duration resolution",
        ["wan/2-6-image-to-video"] = "prompt* image_urls* duration resolution",
        ["wan/2-6-video-to-video"] = "prompt* video_urls* duration resolution",
        ["infinitalk/from-audio"] = "image_url* audio_url* prompt* resolution seed",
        ["kling/ai-avatar-standard"] = "image_url* audio_url* prompt",
        ["kling/ai-avatar-pro"] = "image_url* audio_url* prompt",
        ["wan/2-2-animate-move"] = "video_url* image_url* resolution",
        ["wan/2-2-animate-replace"] = "video_url* image_url* resolution",
        ["sora-2-text-to-video"] = "prompt* aspect_ratio n_frames remove_watermark upload_method*",
        ["sora-2-image-to-video"] = "prompt* image_urls* aspect_ratio n_frames remove_watermark upload_method*",
        ["topaz/image-upscale"] = "image_url* upscale_factor*",
        ["recraft/remove-background"] = "image*",
    };

    private const string VeoDocumented =
        "prompt* imageUrls model* watermark callBackUrl aspect_ratio seeds enableFallback enableTranslation generationType";

    private const string VeoExtendDocumented = "taskId* prompt* seeds watermark callBackUrl";

    private static readonly HttpClient Caller = new();

    /// <summary>Signs callbacks, as a webhook key in KIE.ai's settings does.</summary>
    public string? HmacKey { get; set; }

    /// <summary>Files that were uploaded for tasks.</summary>
    public List<string> Uploads { get; } = [];

    /// <summary>Sends a task's callback, as often as the test likes, before or after the task is done.</summary>
    public async Task<int> CallBackAsync(EmulatedTask task, string? taskId = null, string? hmacKey = null)
    {
        var body = new JsonObject
        {
            ["code"] = 200,
            ["msg"] = "Playground task completed successfully.",
            ["data"] = new JsonObject { ["taskId"] = taskId ?? task.Id, ["state"] = "success" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, task.CallbackUrl) { Content = JsonContent.Create(body) };

        if ((hmacKey ?? HmacKey) is { } key)
        {
            var timestamp = Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{taskId ?? task.Id}.{timestamp}"));
            request.Headers.Add("X-Webhook-Timestamp", timestamp);
            request.Headers.Add("X-Webhook-Signature", Convert.ToBase64String(signature));
        }

        using var answer = await Caller.SendAsync(request);
        return (int)answer.StatusCode;
    }

    protected override void Map(WebApplication app)
    {
        app.MapPost("/api/v1/jobs/createTask", (Delegate)CreateTaskAsync);
        app.MapGet("/api/v1/jobs/recordInfo", (Delegate)RecordInfoAsync);
        app.MapPost("/api/v1/veo/generate", http => CreateVeoAsync(http, VeoDocumented));
        app.MapPost("/api/v1/veo/extend", http => CreateVeoAsync(http, VeoExtendDocumented));
        app.MapGet("/api/v1/veo/record-info", (Delegate)VeoRecordInfoAsync);
        app.MapGet("/api/v1/chat/credit", http => (HasKey(http) ? Answer(new JsonObject { ["data"] = 35.95 }) : BadKey).ExecuteAsync(http));
        app.MapPost("/api/file-stream-upload", (Delegate)UploadAsync);
    }

    private static IResult BadKey => Code(401, "You do not have access permissions");

    private async Task<IResult> CreateTaskAsync(HttpContext http)
    {
        if (!HasKey(http))
            return BadKey;

        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        var model = body["model"]?.GetValue<string>() ?? "";

        if (Complaint(body, "createTask", "model* callBackUrl input*") is { } envelope)
            return Code(422, envelope);

        if (!Documented.TryGetValue(model, out var documented))
            return Code(422, Complaint([], model, "a-known-model*")!);

        return Complaint((JsonObject)body["input"]!, model, documented) is { } complaint
            ? Code(422, complaint)
            : await TakeAsync(http, body, "", task => Accept(task, body, IsVideo(model)));
    }

    private async Task CreateVeoAsync(HttpContext http, string documented) => await (await VeoAsync(http, documented)).ExecuteAsync(http);

    private async Task<IResult> VeoAsync(HttpContext http, string documented)
    {
        if (!HasKey(http))
            return BadKey;

        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;

        // An account knows its own tasks alone.
        if (
            body["taskId"]?.GetValue<string>() is { } source
            && (!Tasks.TryGetValue(source, out var known) || known.Key != http.Request.Headers.Authorization.ToString())
        )
            return Code(422, "The task does not exist");

        return Complaint(body, "veo", documented) is { } complaint
            ? Code(422, complaint)
            : await TakeAsync(http, body, "veo_task_", task => Accept(task, body, isVideo: true));
    }

    private static Task<IResult> Accept(EmulatedTask task, JsonObject body, bool isVideo)
    {
        (task.IsVideo, task.CallbackUrl) = (isVideo, body["callBackUrl"]?.GetValue<string>());
        return Task.FromResult(Answer(new JsonObject { ["data"] = new JsonObject { ["taskId"] = task.Id } }));
    }

    private async Task<IResult> RecordInfoAsync(HttpContext http)
    {
        if (await QueryFaultAsync(http) is { } fault)
            return fault;

        if (!HasKey(http))
            return BadKey;

        if (!Tasks.TryGetValue(http.Request.Query["taskId"].ToString(), out var task))
            return Answer(new JsonObject { ["data"] = null });

        var passed = Passed(task);
        var state = passed switch
        {
            < 0.2 => "waiting",
            < 0.4 => "queuing",
            < 1 => "generating",
            _ => task.Failure is null ? "success" : "fail",
        };

        return Answer(
            new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["taskId"] = task.Id,
                    ["model"] = task.Submission["model"]?.DeepClone(),
                    ["state"] = state,
                    ["resultJson"] = state == "success" ? new JsonObject { ["resultUrls"] = Strings(Urls(task)) }.ToJsonString() : "",
                    ["failCode"] = state == "fail" ? task.Failure!.Code : "",
                    ["failMsg"] = state == "fail" ? task.Failure!.Message : "",
                },
            }
        );
    }

    private async Task<IResult> VeoRecordInfoAsync(HttpContext http)
    {
        if (await QueryFaultAsync(http) is { } fault)
            return fault;

        if (!Tasks.TryGetValue(http.Request.Query["taskId"].ToString(), out var task))
            return Answer(new JsonObject { ["data"] = null });

        var isOver = Passed(task) >= 1;

        return Answer(
            new JsonObject
            {
                ["data"] = new JsonObject
                {
                    ["taskId"] = task.Id,
                    ["successFlag"] =
                        !isOver ? 0
                        : task.Failure is null ? 1
                        : 3,
                    ["response"] =
                        isOver && task.Failure is null
                            ? new JsonObject { ["taskId"] = task.Id, ["resultUrls"] = Strings(Urls(task)) }
                            : null,
                    ["errorCode"] = isOver ? task.Failure?.Code : null,
                    ["errorMessage"] = isOver ? task.Failure?.Message : null,
                },
            }
        );
    }

    private async Task<IResult> UploadAsync(HttpContext http)
    {
        if (!HasKey(http))
            return BadKey;

        var form = await http.Request.ReadFormAsync();
        var file = form.Files["file"];

        if (file is null || form["uploadPath"].Count != 1 || form["fileName"].Count != 1)
            return Code(422, "file, uploadPath and fileName are required");

        lock (Uploads)
            Uploads.Add(form["fileName"].ToString());

        return Answer(
            new JsonObject
            {
                ["success"] = true,
                ["data"] = new JsonObject
                {
                    ["downloadUrl"] = $"https://tempfile.redpandaai.co/latchkey/{form["fileName"]}",
                    ["fileSize"] = file.Length,
                },
            }
        );
    }

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    private static bool IsVideo(string model) =>
        model.Contains("video", StringComparison.Ordinal)
        || model.Contains("motion", StringComparison.Ordinal)
        || model.Contains("avatar", StringComparison.Ordinal)
        || model.Contains("animate", StringComparison.Ordinal)
        || model.Contains("infinitalk", StringComparison.Ordinal)
        || model.StartsWith("kling/v2-1", StringComparison.Ordinal);

    private static IResult Code(int code, string message) => Results.Json(new { code, msg = message });

    private static IResult Answer(JsonObject body)
    {
        (body["code"], body["msg"]) = (200, "success");
        return Results.Json(body);
    }
}
