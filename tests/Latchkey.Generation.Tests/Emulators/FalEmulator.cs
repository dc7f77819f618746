using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NSec.Cryptography;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>fal.ai's queue: a failed request is COMPLETED and its result answers 422; webhooks are signed with a key that rotates.</summary>
internal sealed class FalEmulator(TimeProvider time) : Emulator(time)
{
    private static readonly Dictionary<string, string> Documented = new(StringComparer.Ordinal)
    {
        ["fal-ai/kling-video/o1/standard/image-to-video"] = "prompt* start_image_url* end_image_url duration",
        ["fal-ai/kling-video/o1/standard/video-to-video/reference"] =
            "prompt* video_url* image_urls elements keep_audio duration aspect_ratio",
        ["fal-ai/kling-video/o3/standard/image-to-video"] =
            "prompt* image_url* end_image_url duration generate_audio multi_prompt shot_type",
        ["fal-ai/kling-video/o3/standard/text-to-video"] = "prompt* aspect_ratio duration generate_audio multi_prompt shot_type",
        ["fal-ai/kling-video/o3/standard/video-to-video/reference"] =
            "prompt* video_url* image_urls elements keep_audio duration aspect_ratio",
    };

    private static readonly HttpClient Caller = new();

    private Key _key = NewKey();

    public List<string> Uploads { get; } = [];

    public int KeyReads { get; private set; }

    /// <summary>fal.ai changes its keys without a word.</summary>
    public void RotateKey() => _key = NewKey();

    public async Task<int> CallBackAsync(EmulatedTask task, TimeSpan age = default, bool isForged = false)
    {
        var body = Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["request_id"] = task.Id,
                ["gateway_request_id"] = task.Id,
                ["status"] = "OK",
                ["payload"] = new JsonObject(),
            }.ToJsonString()
        );
        var timestamp = (Time.GetUtcNow() - age).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes(
            string.Join('\n', task.Id, "user-1", timestamp, Convert.ToHexStringLower(SHA256.HashData(body)))
        );
        var signature = SignatureAlgorithm.Ed25519.Sign(isForged ? NewKey() : _key, signed);

        using var request = new HttpRequestMessage(HttpMethod.Post, task.CallbackUrl) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Fal-Webhook-Request-Id", task.Id);
        request.Headers.Add("X-Fal-Webhook-User-Id", "user-1");
        request.Headers.Add("X-Fal-Webhook-Timestamp", timestamp);
        request.Headers.Add("X-Fal-Webhook-Signature", Convert.ToHexStringLower(signature));
        using var answer = await Caller.SendAsync(request);

        return (int)answer.StatusCode;
    }

    protected override void Map(WebApplication app)
    {
        app.MapGet("/.well-known/jwks.json", (Delegate)Keys);
        app.MapPost("/storage/upload/initiate", (Delegate)InitiateAsync);
        app.MapPut("/upload/{name}", TakeUploadAsync);
        app.MapGet("/{owner}/{app}/requests/{id}/status", StatusAsync);
        app.MapPut("/{owner}/{app}/requests/{id}/cancel", Cancel);
        app.MapGet("/{owner}/{app}/requests/{id}", ResultAsync);
        app.MapPost("/{**model}", SubmitAsync);
    }

    private async Task<IResult> SubmitAsync(string model, HttpContext http)
    {
        if (!HasKey(http, "Key"))
            return Results.Json(new { detail = "Cannot access application" }, statusCode: 401);

        if (!Documented.TryGetValue(model, out var documented))
            return Results.Json(new { detail = Complaint([], model, "a-known-model*") }, statusCode: 404);

        var input = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;

        if (Complaint(input, model, documented) is { } complaint)
            return Results.Json(
                new
                {
                    detail = new[]
                    {
                        new
                        {
                            loc = new[] { "body" },
                            msg = complaint,
                            type = "value_error",
                        },
                    },
                },
                statusCode: 422
            );

        // It wants numbers of seconds as texts.
        if (input["duration"] is { } duration && duration.GetValueKind() != System.Text.Json.JsonValueKind.String)
            Complaints.Enqueue($"{model}: duration must be a string");

        return await TakeAsync(
            http,
            input,
            "",
            task =>
            {
                task.IsVideo = true;
                task.CallbackUrl = http.Request.Query["fal_webhook"].FirstOrDefault();
                return Task.FromResult(
                    Results.Json(
                        new
                        {
                            status = "IN_QUEUE",
                            request_id = task.Id,
                            queue_position = 3,
                        }
                    )
                );
            }
        );
    }

    private async Task<IResult> StatusAsync(string owner, string app, string id, HttpContext http)
    {
        if (await QueryFaultAsync(http) is { } fault)
            return fault;

        if ($"{owner}/{app}" != "fal-ai/kling-video" || !Tasks.TryGetValue(id, out var task))
            return Results.Json(new { detail = "Not found" }, statusCode: 404);

        return Results.Json(
            Passed(task) switch
            {
                < 0.3 => new { status = "IN_QUEUE", request_id = id },
                < 1 => new { status = "IN_PROGRESS", request_id = id },
                _ => new { status = "COMPLETED", request_id = id },
            }
        );
    }

    private IResult ResultAsync(string owner, string app, string id) =>
        !Tasks.TryGetValue(id, out var task) ? Results.Json(new { detail = "Not found" }, statusCode: 404)
        : task.Failure is { } failure
            ? Results.Json(
                new
                {
                    detail = new[]
                    {
                        new
                        {
                            loc = new[] { "body", "prompt" },
                            msg = failure.Message,
                            type = failure.Code,
                        },
                    },
                },
                statusCode: 422
            )
        : Results.Json(
            new
            {
                video = new
                {
                    url = Urls(task).First(),
                    content_type = "video/mp4",
                    file_size = Media.Mp4.Length,
                },
            }
        );

    private IResult Cancel(string owner, string app, string id)
    {
        if (!Tasks.TryGetValue(id, out var task))
            return Results.Json(new { status = "NOT_FOUND" }, statusCode: 404);

        task.IsCancelled = true;
        return Results.Json(new { status = "CANCELLATION_REQUESTED" }, statusCode: 202);
    }

    private IResult Keys()
    {
        KeyReads++;
        var x = Convert.ToBase64String(_key.PublicKey.Export(KeyBlobFormat.RawPublicKey)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return Results.Json(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "OKP",
                        crv = "Ed25519",
                        x,
                    },
                },
            }
        );
    }

    private async Task<IResult> InitiateAsync(HttpContext http)
    {
        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        var name = body["file_name"]!.GetValue<string>();

        return HasKey(http, "Key") && Complaint(body, "initiate", "content_type* file_name*") is null
            ? Results.Json(new { upload_url = $"{Address}/upload/{name}", file_url = $"https://v3.fal.media/files/{name}" })
            : Results.Unauthorized();
    }

    private async Task<IResult> TakeUploadAsync(string name, HttpContext http)
    {
        // The upload's address is the permission: the key must not be told there.
        if (http.Request.Headers.Authorization.Count > 0)
            Complaints.Enqueue("the key was sent to the upload address");

        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes);

        lock (Uploads)
            Uploads.Add(name);

        return Results.Ok();
    }

    private static Key NewKey() => Key.Create(SignatureAlgorithm.Ed25519);
}
