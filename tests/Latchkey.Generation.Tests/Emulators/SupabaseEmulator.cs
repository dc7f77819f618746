using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>
/// A Supabase project: the part of Auth, Storage and PostgREST that is spoken here. Storage tells its errors with 400 and the true status in the
/// body; PostgREST refuses columns that its table has not. Users read what is theirs, by the policies of the guide.
/// </summary>
internal sealed class SupabaseEmulator(TimeProvider time) : Emulator(time)
{
    public const string ServiceKey = "sb_secret_emulated0123456789abcdef";
    public const string AnonKey = "sb_publishable_emulated0123456789";
    public const string BucketName = "generations";

    private const string AllColumns =
        "id user_id type status model_id model_name prompt negative_prompt aspect_ratio resolution params credits_used task_id original_path "
        + "preview_path poster_path preview_status result_url result_urls duration_sec error error_message is_favorite metadata created_at "
        + "updated_at completed_at latchkey_revision";

    private readonly ConcurrentQueue<Fault> _rowFaults = new();
    private readonly ConcurrentQueue<Fault> _storageFaults = new();
    private readonly ConcurrentDictionary<string, (string Path, DateTimeOffset Until)> _links = new(StringComparer.Ordinal);

    public SupabaseTokens Tokens { get; } = new(time);

    /// <summary>By path in the bucket.</summary>
    public ConcurrentDictionary<string, (byte[] Bytes, string ContentType)> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>By id.</summary>
    public ConcurrentDictionary<string, JsonObject> Rows { get; } = new(StringComparer.Ordinal);

    /// <summary>What was written to rows, in order: their ids and statuses.</summary>
    public ConcurrentQueue<(string Id, string Status)> Written { get; } = new();

    public HashSet<string> Columns { get; set; } = [.. AllColumns.Split(' ')];

    public bool HasTable { get; set; } = true;

    public bool HasBucket { get; set; } = true;

    /// <summary>Connections are cut.</summary>
    public bool StorageIsAway { get; set; }
    public bool RowsAreAway { get; set; }
    public bool AuthIsAway { get; set; }

    public int JwksRequests { get; private set; }

    public void ResetProject()
    {
        Reset();
        _rowFaults.Clear();
        _storageFaults.Clear();
        Written.Clear();
        Columns = [.. AllColumns.Split(' ')];
        (HasTable, HasBucket, StorageIsAway, RowsAreAway, AuthIsAway) = (true, true, false, false, false);
    }

    public void OnRows(params Fault[] faults) => Array.ForEach(faults, _rowFaults.Enqueue);

    public void OnStorage(params Fault[] faults) => Array.ForEach(faults, _storageFaults.Enqueue);

    protected override void Map(WebApplication app)
    {
        app.MapGet("/auth/v1/health", (HttpContext http) => Auth(http, () => Results.Json(new { name = "GoTrue" })));
        app.MapGet("/auth/v1/settings", (HttpContext http) => Auth(http, () => Results.Json(new { external = new { } })));
        app.MapGet("/auth/v1/.well-known/jwks.json", (Delegate)GetJwks);

        app.MapGet(
            "/storage/v1/bucket/{bucket}",
            (string bucket, HttpContext http) => StorageAsync(http, bucket, () => Results.Json(new { id = bucket }))
        );
        app.MapPost("/storage/v1/object/sign/{bucket}", (Delegate)SignAsync);
        app.MapPost("/storage/v1/object/sign/{bucket}/{**path}", SignOneAsync);
        app.MapGet("/storage/v1/object/sign/{bucket}/{**path}", GetSigned);
        app.MapGet("/storage/v1/object/authenticated/{bucket}/{**path}", DownloadAsync);
        app.MapPost("/storage/v1/object/{bucket}/{**path}", UploadAsync);
        app.MapGet("/storage/v1/object/{bucket}/{**path}", DownloadAsync);
        app.MapDelete("/storage/v1/object/{bucket}", (Delegate)RemoveAsync);

        app.MapGet("/rest/v1/generations", (Delegate)((HttpContext http) => RowsAsync(http, Select)));
        app.MapPost("/rest/v1/generations", (Delegate)((HttpContext http) => RowsAsync(http, Insert)));
        app.MapPatch("/rest/v1/generations", (Delegate)((HttpContext http) => RowsAsync(http, Update)));
        app.MapDelete("/rest/v1/generations", (Delegate)((HttpContext http) => RowsAsync(http, Delete)));
    }

    private IResult GetJwks(HttpContext http)
    {
        JwksRequests++;
        return AuthIsAway ? Cut(http) : Results.Text(Tokens.Jwks, "application/json");
    }

    private IResult Auth(HttpContext http, Func<IResult> answer) =>
        AuthIsAway ? Cut(http)
        : http.Request.Headers["apikey"].ToString() is ServiceKey or AnonKey ? answer()
        : Results.Json(new { message = "No API key found in request" }, statusCode: 401);

    private Task<IResult> UploadAsync(string bucket, string path, HttpContext http) =>
        StorageAsync(
            http,
            bucket,
            async () =>
            {
                // The true service would take it in parts too; ours tells the length.
                if (http.Request.ContentLength is not { } length)
                    return StorageError(411, "MissingContentLength");

                using var bytes = new MemoryStream();
                await http.Request.Body.CopyToAsync(bytes);

                if (bytes.Length != length)
                    return StorageError(400, "Truncated");

                if (Files.ContainsKey(path) && http.Request.Headers["x-upsert"] != "true")
                    return StorageError(409, "Duplicate");

                Files[path] = (bytes.ToArray(), http.Request.ContentType ?? "");
                return Results.Json(new { Key = $"{bucket}/{path}", Id = Guid.NewGuid() });
            }
        );

    private Task<IResult> DownloadAsync(string bucket, string path, HttpContext http) =>
        StorageAsync(
            http,
            bucket,
            () =>
                Files.TryGetValue(path, out var file)
                    ? Results.Bytes(file.Bytes, file.ContentType, enableRangeProcessing: true, lastModified: Time.GetUtcNow())
                    : StorageError(404, "not_found"),
            path
        );

    private Task<IResult> RemoveAsync(string bucket, HttpContext http) =>
        StorageAsync(
            http,
            bucket,
            async () =>
            {
                var paths = (await JsonNode.ParseAsync(http.Request.Body))!["prefixes"]!.AsArray().Select(path => path!.GetValue<string>());
                return Results.Json(paths.Where(path => Files.TryRemove(path, out _)).Select(path => new { name = path }).ToList());
            }
        );

    private Task<IResult> SignAsync(string bucket, HttpContext http) =>
        StorageAsync(
            http,
            bucket,
            async () =>
            {
                var body = (await JsonNode.ParseAsync(http.Request.Body))!;
                var signed = body["paths"]!.AsArray().Select(path => Sign(bucket, path!.GetValue<string>(), body));

                return Results.Json(signed.ToList());
            }
        );

    private Task<IResult> SignOneAsync(string bucket, string path, HttpContext http) =>
        StorageAsync(http, bucket, async () => Results.Json(Sign(bucket, path, (await JsonNode.ParseAsync(http.Request.Body))!)), path);

    private object Sign(string bucket, string path, JsonNode body)
    {
        var until = Time.GetUtcNow() + TimeSpan.FromSeconds(body["expiresIn"]!.GetValue<int>());

        if (!Files.ContainsKey(path))
            return new
            {
                error = "Either the object does not exist or you do not have access to it",
                path,
                signedURL = (string?)null,
            };

        var token = Guid.NewGuid().ToString("N");
        _links[token] = (path, until);

        return new
        {
            error = (string?)null,
            path,
            signedURL = $"/object/sign/{bucket}/{path}?token={token}",
        };
    }

    private IResult GetSigned(string bucket, string path, string token, HttpContext http) =>
        StorageIsAway ? Cut(http)
        : _links.TryGetValue(token, out var link)
        && link.Path == path
        && link.Until > Time.GetUtcNow()
        && Files.TryGetValue(path, out var file)
            ? Results.Bytes(file.Bytes, file.ContentType, enableRangeProcessing: true)
        : StorageError(400, "InvalidJWT");

    private Task<IResult> StorageAsync(HttpContext http, string bucket, Func<IResult> answer, string? path = null) =>
        StorageAsync(http, bucket, () => Task.FromResult(answer()), path);

    /// <param name="path">What is only read, so that its user may.</param>
    private async Task<IResult> StorageAsync(HttpContext http, string bucket, Func<Task<IResult>> answer, string? path = null)
    {
        if (StorageIsAway)
            return Cut(http);

        if (!IsService(http) && !(UserOf(http) is { } user && path?.StartsWith($"{user}/", StringComparison.Ordinal) == true))
            return StorageError(403, "Unauthorized");

        if (!HasBucket || bucket != BucketName)
            return StorageError(404, "Bucket not found");

        _storageFaults.TryDequeue(out var fault);

        if (fault is { Takes: false })
            return await fault.ApplyAsync(http);

        var good = await answer();
        return fault is null ? good : await fault.ApplyAsync(http);
    }

    private static IResult StorageError(int status, string error) =>
        Results.Json(
            new
            {
                statusCode = status.ToString(CultureInfo.InvariantCulture),
                error,
                message = error,
            },
            statusCode: 400
        );

    private async Task<IResult> RowsAsync(HttpContext http, Func<HttpContext, JsonObject, IResult> answer)
    {
        if (RowsAreAway)
            return Cut(http);

        if (!IsService(http) && !(HttpMethods.IsGet(http.Request.Method) && UserOf(http) is not null))
            return Results.Json(new { message = "Invalid API key" }, statusCode: 401);

        if (!HasTable)
            return RowError(404, "PGRST205", "Could not find the table 'public.generations' in the schema cache");

        _rowFaults.TryDequeue(out var fault);

        if (fault is { Takes: false })
            return await fault.ApplyAsync(http);

        var row = http.Request.HasJsonContentType() ? (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))! : [];

        if (row.Select(column => column.Key).FirstOrDefault(name => !Columns.Contains(name)) is { } unknown)
            return RowError(400, "PGRST204", $"Could not find the '{unknown}' column of 'generations' in the schema cache");

        if (NamesOf(http).FirstOrDefault(name => !Columns.Contains(name)) is { } strange)
            return RowError(400, "42703", $"column generations.{strange} does not exist");

        if (row["user_id"] is { } user && !Guid.TryParse(user.GetValue<string>(), out _))
            return RowError(400, "22P02", "invalid input syntax for type uuid");

        IResult good;

        lock (Rows)
            good = answer(http, row);

        return fault is null ? good : await fault.ApplyAsync(http);
    }

    private IResult Select(HttpContext http, JsonObject _) => Represent(http, Matching(http), 200);

    private IResult Insert(HttpContext http, JsonObject row)
    {
        var id = row["id"]!.GetValue<string>();

        if (Rows.TryAdd(id, row))
        {
            Written.Enqueue((id, row["status"]!.GetValue<string>()));
            return Represent(http, [row], 201);
        }

        return Prefers(http, "resolution=ignore-duplicates")
            ? Represent(http, [], 200)
            : RowError(409, "23505", "duplicate key value violates unique constraint \"generations_pkey\"");
    }

    private IResult Update(HttpContext http, JsonObject changes)
    {
        var rows = Matching(http);

        foreach (var row in rows)
        {
            foreach (var (name, value) in changes)
                row[name] = value?.DeepClone();

            Written.Enqueue((row["id"]!.GetValue<string>(), row["status"]!.GetValue<string>()));
        }

        return Represent(http, rows, 200);
    }

    private IResult Delete(HttpContext http, JsonObject _)
    {
        foreach (var row in Matching(http))
            Rows.TryRemove(row["id"]!.GetValue<string>(), out JsonObject? _);

        return Results.NoContent();
    }

    /// <summary>Filters of the kinds <c>id=eq.…</c> and <c>latchkey_revision=lt.…</c>.</summary>
    private List<JsonObject> Matching(HttpContext http) =>
        [
            .. Rows.Values.Where(row =>
                (IsService(http) || row["user_id"]?.ToString() == UserOf(http)?.ToString())
                && http.Request.Query.Where(filter => filter.Key is not ("select" or "limit" or "on_conflict"))
                    .All(filter => Matches(row[filter.Key], filter.Value.ToString()))
            ),
        ];

    private static bool Matches(JsonNode? value, string filter) =>
        filter.Split('.', 2) switch
        {
            ["eq", var wanted] => value?.ToString() == wanted,
            ["lt", var limit] => value?.GetValue<long>() < long.Parse(limit, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException(filter),
        };

    private static IEnumerable<string> NamesOf(HttpContext http) =>
        http
            .Request.Query.Where(filter => filter.Key is not ("select" or "limit" or "on_conflict"))
            .Select(filter => filter.Key)
            .Concat(Chosen(http));

    private static IResult Represent(HttpContext http, IReadOnlyList<JsonObject> rows, int status) =>
        HttpMethods.IsGet(http.Request.Method) || Prefers(http, "return=representation")
            ? Results.Json(rows.Select(row => Chosen(row, http)).ToList(), statusCode: status)
            : Results.StatusCode(status == 201 ? 201 : 204);

    private static JsonObject Chosen(JsonObject row, HttpContext http) =>
        new(Chosen(http).Select(column => KeyValuePair.Create(column, row[column]?.DeepClone())));

    private static string[] Chosen(HttpContext http) =>
        http.Request.Query["select"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static bool Prefers(HttpContext http, string what) =>
        http.Request.Headers["Prefer"].ToString().Split(',').Contains(what, StringComparer.Ordinal);

    private static IResult RowError(int status, string code, string message) =>
        Results.Json(
            new
            {
                code,
                message,
                details = (string?)null,
                hint = (string?)null,
            },
            statusCode: status
        );

    private static bool IsService(HttpContext http) =>
        http.Request.Headers["apikey"] == ServiceKey && http.Request.Headers.Authorization == "Bearer " + ServiceKey;

    /// <summary>By the key of apps, and a token that the project gave out.</summary>
    private Guid? UserOf(HttpContext http) =>
        http.Request.Headers["apikey"] == AnonKey
        && Tokens.Issued.TryGetValue(http.Request.Headers.Authorization.ToString().Split(' ')[^1], out var user)
            ? user
            : null;

    private static IResult Cut(HttpContext http)
    {
        http.Abort();
        return Results.Empty;
    }
}
