using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>OpenAI: pictures in the answer as base64, videos as tasks with their bytes behind the key.</summary>
internal class OpenAiEmulator(TimeProvider time) : Emulator(time)
{
    private const string ImageFields = "model* prompt* n size quality output_format output_compression background moderation user";
    private const string EditFields = "model* prompt* image image[] mask n size quality output_format";
    private const string VideoFields = "model* prompt* seconds size input_reference";

    /// <summary>What came with forms.</summary>
    public ConcurrentQueue<byte[]> Files { get; } = new();

    protected virtual string Prefix => "/v1";

    protected virtual string[] ImageModels => ["gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5"];

    protected virtual string[] VideoModels => ["sora-2", "sora-2-pro"];

    protected override void Map(WebApplication app)
    {
        app.MapPost(Prefix + "/images/generations", (Delegate)GenerateAsync);
        app.MapPost(Prefix + "/images/edits", (Delegate)EditAsync);
        app.MapPost(Prefix + "/videos", (Delegate)CreateVideoAsync);
        app.MapGet(Prefix + "/videos", (Delegate)List);
        app.MapGet(Prefix + "/videos/{id}", GetVideoAsync);
        app.MapDelete(
            Prefix + "/videos/{id}",
            (string id) => Tasks.TryRemove(id, out _) ? Results.Json(new { id, deleted = true }) : Missing()
        );
        app.MapGet(Prefix + "/videos/{id}/content", Content);
    }

    protected virtual IResult NotKnown() => Missing();

    protected static IResult Error(int status, string code, string message) =>
        Results.Json(
            new
            {
                error = new
                {
                    message,
                    type = "invalid_request_error",
                    param = (string?)null,
                    code,
                },
            },
            statusCode: status
        );

    private async Task<IResult> GenerateAsync(HttpContext http)
    {
        if (!HasKey(http))
            return Error(401, "invalid_api_key", "Incorrect API key provided.");

        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        return await MakeAsync(http, body, ImageFields);
    }

    private async Task<IResult> EditAsync(HttpContext http)
    {
        if (!HasKey(http))
            return Error(401, "invalid_api_key", "Incorrect API key provided.");

        var form = await FormAsync(http);
        return form.Any(field => field.Key is "image" or "image[]")
            ? await MakeAsync(http, form, EditFields)
            : Error(400, "invalid_value", "image");
    }

    private async Task<IResult> MakeAsync(HttpContext http, JsonObject body, string fields)
    {
        if (Complaint(body, body["model"]!.ToString(), fields) is { } complaint)
            return Error(400, "invalid_value", complaint);

        if (!ImageModels.Contains(body["model"]!.ToString()))
            return Error(404, "model_not_found", Complaint([], body["model"]!.ToString(), "a-known-model*")!);

        if (FailWith is { } failure)
            return Error(400, failure.Code, failure.Message);

        return await TakeAsync(
            http,
            body,
            "img_",
            _ =>
                Task.FromResult(
                    Results.Json(
                        new
                        {
                            created = 1,
                            data = Enumerable.Range(0, Outputs).Select(_ => new { b64_json = Convert.ToBase64String(Media.Png) }),
                        }
                    )
                )
        );
    }

    private async Task<IResult> CreateVideoAsync(HttpContext http)
    {
        if (!HasKey(http))
            return Error(401, "invalid_api_key", "Incorrect API key provided.");

        var form = await FormAsync(http);

        if (Complaint(form, form["model"]?.ToString() ?? "", VideoFields) is { } complaint)
            return Error(400, "invalid_value", complaint);

        if (!VideoModels.Contains(form["model"]!.ToString()))
            return Error(503, "model_not_found", Complaint([], form["model"]!.ToString(), "a-known-model*")!);

        if (form["seconds"] is { } seconds && seconds.ToString() is not ("4" or "8" or "12"))
            return Error(400, "invalid_value", Complaint([], "seconds", "4-8-or-12*")!);

        return await TakeAsync(
            http,
            form,
            "video_",
            task =>
            {
                task.IsVideo = true;
                return Task.FromResult(Results.Json(Describe(task)));
            }
        );
    }

    private IResult List() => Results.Json(new { @object = "list", data = Tasks.Values.Where(task => task.IsVideo).Select(Describe) });

    private async Task<IResult> GetVideoAsync(string id, HttpContext http)
    {
        if (await QueryFaultAsync(http) is { } fault)
            return fault;

        return Tasks.TryGetValue(id, out var task) ? Results.Json(Describe(task)) : NotKnown();
    }

    private IResult Content(string id, HttpContext http) =>
        !HasKey(http) ? Results.Unauthorized()
        : !Tasks.TryGetValue(id, out var task) ? Missing()
        : task.Trouble == OutputTrouble.Html ? Results.Text("<html>Sign in</html>", "video/mp4")
        : Results.Bytes(Media.Mp4, "video/mp4");

    private object Describe(EmulatedTask task)
    {
        var passed = Passed(task);
        var status =
            passed < 0.2 ? "queued"
            : passed < 1 ? "in_progress"
            : task.Failure is null ? "completed"
            : "failed";

        return new
        {
            id = task.Id,
            @object = "video",
            status,
            progress = (int)(Math.Min(passed, 1) * 100),
            created_at = task.At.ToUnixTimeSeconds(),
            model = task.Submission["model"]!.ToString(),
            prompt = task.Submission["prompt"]!.ToString(),
            error = status == "failed" ? new { code = task.Failure!.Code, message = task.Failure.Message } : null,
        };
    }

    private async Task<JsonObject> FormAsync(HttpContext http)
    {
        var fields = new JsonObject();
        var form = await http.Request.ReadFormAsync();

        foreach (var (name, value) in form)
            fields[name] = value.ToString();

        foreach (var file in form.Files)
        {
            fields[file.Name] = file.Length > 0 ? file.FileName : null;
            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes);
            Files.Enqueue(bytes.ToArray());
        }

        return fields;
    }

    private static IResult Missing() => Error(404, "not_found", "No such video.");
}
