using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Supabase;

/// <summary>Finished files and a row for each generation go to the Supabase project, whatever happens on the way.</summary>
public class MirrorTests(SharedSupabase shared) : IClassFixture<SharedSupabase>
{
    private readonly GenerationHost _host = shared.Reset();

    private SupabaseEmulator Project => _host.Emulators.Supabase;

    [Fact]
    public async Task Can_find_pictures_and_their_row_in_the_project()
    {
        var user = Guid.NewGuid();
        using var client = _host.ClientOf(user);
        _host.Emulators.Kie.Outputs = 6;

        var jobId = await DoneAsync(new { model = "grok-imagine", prompt = "A fox" }, client);

        var row = Project.Rows[jobId];
        Text(row, "user_id").ShouldBe(user.ToString());
        Text(row, "type").ShouldBe("photo");
        Text(row, "status").ShouldBe("success");
        Text(row, "model_id").ShouldBe("grok-imagine");
        Text(row, "prompt").ShouldBe("A fox");
        Text(row, "preview_status").ShouldBe("ready");
        Text(row, "original_path").ShouldBe($"{user}/image/{jobId}_0.png");
        row["credits_used"]!.GetValue<int>().ShouldBe(4);
        row["result_urls"]!.AsArray().Count.ShouldBe(6);
        Text(row, "result_url").ShouldBe($"{Project.Address}/storage/v1/object/authenticated/generations/{user}/image/{jobId}_0.png");
        var file = Project.Files[Text(row, "original_path")];
        file.Bytes.ShouldBe(Media.Png);
        file.ContentType.ShouldBe("image/png");
        Directory.Exists(LocalFolder(jobId)).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_be_given_links_to_the_projects_storage_that_expire_after_an_hour()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        var jobId = await DoneAsync(new { model = "z-image", prompt = "A fox" }, client);
        var item = (await _host.GetAsync("/api/library", client: client))["items"]![0]!;
        var job = await _host.GetAsync("/api/jobs/" + jobId, client: client);
        var url = item["originalUrl"]!.GetValue<string>();

        url.ShouldStartWith(Project.Address + "/storage/v1/object/sign/generations/");
        job["results"]![0]!["url"]!.GetValue<string>().ShouldStartWith(Project.Address);
        (await _host.Host.Anonymous.GetByteArrayAsync(url)).ShouldBe(Media.Png);

        _host.Time.Advance(TimeSpan.FromMinutes(61));
        (await _host.Host.Anonymous.GetAsync(url)).IsSuccessStatusCode.ShouldBeFalse();
    }

    [Fact]
    public async Task Can_fetch_a_clip_through_the_server_whole_and_in_parts()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        var jobId = await DoneAsync(new { model = "kling-2.6", prompt = "A fox" }, client, "video");
        var result = (await _host.GetAsync("/api/jobs/" + jobId, client: client))["results"]![0]!;
        var url = _host.Here(result["url"]!.GetValue<string>());
        Text(Project.Rows[jobId], "poster_path").ShouldEndWith("_poster.jpg");
        Text(Project.Rows[jobId], "preview_path").ShouldEndWith("_preview.mp4");
        Text(Project.Rows[jobId], "preview_status").ShouldBe("ready");
        Project.Files[Text(Project.Rows[jobId], "preview_path")].ContentType.ShouldBe("video/mp4");
        Directory.Exists(LocalFolder(jobId)).ShouldBeFalse();

        (await _host.Host.Anonymous.GetByteArrayAsync(url)).ShouldBe(Media.Mp4);
        (await PartAsync(url, 100, 999)).ShouldBe(Media.Mp4[100..1000]);
        (await PartAsync(url, 0, 9)).ShouldBe(Media.Mp4[..10]);
        (await _host.Host.Anonymous.GetByteArrayAsync(result["thumbnailUrl"]!.GetValue<string>()))[..3].ShouldBe([0xFF, 0xD8, 0xFF]);
        (await _host.Host.Anonymous.GetByteArrayAsync(result["previewUrl"]!.GetValue<string>()))[4..8].ShouldBe("ftyp"u8.ToArray());
        (await client.GetByteArrayAsync($"/api/generations/{jobId}/download?kind=preview"))[4..8].ShouldBe("ftyp"u8.ToArray());
        (await client.GetByteArrayAsync($"/v1/videos/{jobId}/content")).ShouldBe(Media.Mp4);
        (await client.GetByteArrayAsync($"/v1/videos/{jobId}/content?variant=thumbnail"))[..3].ShouldBe([0xFF, 0xD8, 0xFF]);

        Project.StorageIsAway = true;
        await _host.GetAsync(url, HttpStatusCode.BadGateway, _host.Host.Anonymous);
    }

    private async Task<byte[]> PartAsync(string url, long first, long last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new(first, last);
        using var part = await _host.Host.Anonymous.SendAsync(request);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);

        return await part.Content.ReadAsByteArrayAsync();
    }

    [Fact]
    public async Task Can_follow_a_generation_in_its_row_from_the_order_on()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, client);
        await _host.TurnUntilAsync(() => Task.FromResult(Project.Written.Contains((jobId, "processing"))));
        await _host.WaitAsync(jobId, client: client);
        await ToldAsync(jobId);

        var statuses = Project.Written.Where(written => written.Id == jobId).Select(written => written.Status).Distinct();
        string[] inOrder = ["queued", "processing", "success"];
        statuses.ShouldBe(inOrder.Where(statuses.Contains));
        statuses.Last().ShouldBe("success");
    }

    [Fact]
    public async Task Can_tell_of_failed_and_cancelled_generations()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        _host.Emulators.Kie.FailWith = new EmulatedFailure("500", "Internal model error");
        var failed = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, client);
        await _host.WaitAsync(failed, "failed", client);
        var cancelled = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A wolf" }, client);
        await _host.SendAsync(HttpMethod.Post, "/api/jobs/" + cancelled, new { }, HttpStatusCode.OK, client);
        await ToldAsync(failed);
        await ToldAsync(cancelled);

        Text(Project.Rows[failed], "status").ShouldBe("failed");
        Text(Project.Rows[failed], "error").ShouldBe("generation_failed");
        Project.Rows[failed]["credits_used"]!.GetValue<int>().ShouldBe(0);
        Text(Project.Rows[cancelled], "status").ShouldBe("cancelled");
    }

    [Fact]
    public async Task Can_keep_a_keys_generations_there_under_nobodys_user_id()
    {
        using var client = await _host.ClientOfAsync();
        var jobId = await DoneAsync(new { model = "z-image", prompt = "A fox" }, client);

        Project.Rows[jobId]["user_id"].ShouldBeNull();
        Text(Project.Rows[jobId], "original_path").ShouldStartWith(GenerationHost.KeyIdOf(client) + "/image/");
    }

    [Fact]
    public async Task Can_end_while_the_project_is_away_and_be_carried_over_later()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        (Project.StorageIsAway, Project.RowsAreAway) = (true, true);
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, client);
        var url = (await _host.WaitAsync(jobId, client: client))["results"]![0]!["url"]!.GetValue<string>();

        (await _host.Host.Anonymous.GetByteArrayAsync(_host.Here(url))).ShouldBe(Media.Png);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Settle]);
        Project.Rows.ContainsKey(jobId).ShouldBeFalse();
        _host.Time.Advance(TimeSpan.FromMinutes(30));
        Project.RowsAreAway = false;

        // The row does not wait for the files.
        await _host.TurnUntilAsync(() => Task.FromResult(Project.Rows.ContainsKey(jobId)));
        Text(Project.Rows[jobId], "status").ShouldBe("success");
        Text(Project.Rows[jobId], "preview_status").ShouldBe("processing");
        Project.Rows[jobId]["original_path"].ShouldBeNull();

        Project.StorageIsAway = false;
        await ToldAsync(jobId);
        Project.Files[Text(Project.Rows[jobId], "original_path")].Bytes.ShouldBe(Media.Png);

        // A link that was given out before goes on working.
        url = _host.Here((await _host.GetAsync("/api/jobs/" + jobId, client: client))["results"]![0]!["url"]!.GetValue<string>());
        (await client.GetByteArrayAsync($"/api/generations/{jobId}/download?kind=original")).ShouldBe(Media.Png);
    }

    [Fact]
    public async Task Can_live_through_refusals_and_lost_answers()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        Project.OnStorage(
            Fault.Status(500),
            Fault.LostAnswer,
            Fault.LostRequest,
            Fault.Status(400, """{"statusCode":"503","error":"Slow"}""")
        );
        Project.OnRows(Fault.LostAnswer, Fault.Status(503), Fault.LostRequest, Fault.LostAnswer, Fault.EmptyAnswer);

        var jobId = await DoneAsync(new { model = "z-image", prompt = "A fox" }, client);

        Text(Project.Rows[jobId], "status").ShouldBe("success");
        Project.Files.ContainsKey(Text(Project.Rows[jobId], "original_path")).ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_overwrite_a_newer_row_with_an_older_one()
    {
        var rows = _host.Host.Services.GetRequiredService<SupabaseRows>();
        var id = GenerationJob.NewId();

        (await rows.PutAsync(Row(id, "processing", 2), CancellationToken.None)).ShouldBeNull();
        (await rows.PutAsync(Row(id, "success", 3), CancellationToken.None)).ShouldBeNull();
        (await rows.PutAsync(Row(id, "processing", 2), CancellationToken.None)).ShouldBeNull();
        (await rows.PutAsync(Row(id, "queued", 1), CancellationToken.None)).ShouldBeNull();

        Text(Project.Rows[id], "status").ShouldBe("success");
        Project.Rows[id]["latchkey_revision"]!.GetValue<long>().ShouldBe(3);
    }

    private static JsonObject Row(string id, string status, long revision) =>
        new()
        {
            ["id"] = id,
            ["status"] = status,
            ["latchkey_revision"] = revision,
        };

    [Fact]
    public async Task Cannot_take_away_the_files_of_a_variant_that_is_still_being_stored()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        _host.Emulators.LaoZhang.OnSubmit(Fault.Status(429, retryAfter: "600"));
        var jobId = await _host.OrderAsync(
            "/api/generate/photo",
            new
            {
                model = "nano-banana",
                prompt = "A fox",
                variants = 2,
            },
            client
        );
        await _host.TurnUntilAsync(() =>
            _host.ReadAsync(db => db.Jobs.AnyAsync(job => job.GroupId == jobId && job.State == JobState.Succeeded))
        );
        var slow = await _host.ReadAsync(db => db.Jobs.SingleAsync(job => job.GroupId == jobId && job.State != JobState.Succeeded));
        Directory.CreateDirectory(LocalFolder(slow.Id));

        await ToldAsync(jobId);

        Project.Rows[jobId]["result_urls"]!.AsArray().Count.ShouldBe(1);
        Text(Project.Rows[jobId], "status").ShouldNotBe("success");
        Directory.Exists(LocalFolder(slow.Id)).ShouldBeTrue();
    }

    [Fact]
    public async Task Can_favour_and_delete_there_too()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        var jobId = await DoneAsync(new { model = "kling-2.6", prompt = "A fox" }, client, "video");
        var url = _host.Here((await _host.GetAsync("/api/jobs/" + jobId, client: client))["results"]![0]!["url"]!.GetValue<string>());
        await _host.SendAsync(HttpMethod.Patch, "/api/generations/" + jobId, new { is_favorite = true }, HttpStatusCode.OK, client);
        await ToldAsync(jobId);
        Project.Rows[jobId]["is_favorite"]!.GetValue<bool>().ShouldBeTrue();

        (Project.StorageIsAway, Project.RowsAreAway) = (true, true);
        await _host.SendAsync(HttpMethod.Delete, "/api/generations/" + jobId, null, HttpStatusCode.OK, client);
        await _host.GetAsync("/api/generations/" + jobId, HttpStatusCode.NotFound, client);
        (Project.StorageIsAway, Project.RowsAreAway) = (false, false);
        await _host.GetAsync(url, HttpStatusCode.NotFound, _host.Host.Anonymous);

        await _host.TurnUntilAsync(() =>
            Task.FromResult(!Project.Rows.ContainsKey(jobId) && !Project.Files.Keys.Any(path => path.Contains(jobId)))
        );

        // What a request that was given up brings back is taken away again, and then nothing is left to do.
        Project.Rows[jobId] = Row(jobId, "success", 1);
        _host.Step = TimeSpan.FromMinutes(1);
        await _host.TurnUntilAsync(async () => !await _host.ReadAsync(db => db.Mirrors.AnyAsync(mirror => mirror.GroupId == jobId)));
        Project.Rows.ContainsKey(jobId).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_show_the_service_key()
    {
        using var client = _host.ClientOf(Guid.NewGuid());
        Project.OnStorage(Fault.Status(500), Fault.LostAnswer);
        Project.OnRows(Fault.Status(401), Fault.LostRequest);
        var jobId = await DoneAsync(new { model = "kling-2.6", prompt = "A fox" }, client, "video");
        var answers = new[]
        {
            await client.GetStringAsync("/api/jobs/" + jobId),
            await client.GetStringAsync("/api/library"),
            Project.Rows[jobId].ToJsonString(),
        };

        answers.ShouldAllBe(answer => !answer.Contains(SupabaseEmulator.ServiceKey) && !answer.Contains(SupabaseTokens.Secret));
        _host.Host.Logs.ShouldAllBe(line =>
            !line.ToString().Contains(SupabaseEmulator.ServiceKey) && !line.ToString().Contains(SupabaseTokens.Secret)
        );
    }

    private async Task<string> DoneAsync(object order, HttpClient client, string kind = "photo")
    {
        var jobId = await _host.OrderAsync("/api/generate/" + kind, order, client);
        await _host.WaitAsync(jobId, client: client);
        await ToldAsync(jobId);

        return jobId;
    }

    /// <summary>Turns the clock until Supabase has everything of a generation.</summary>
    private Task ToldAsync(string jobId) =>
        _host.TurnUntilAsync(() =>
            _host.ReadAsync(db =>
                db.Mirrors.AnyAsync(mirror => mirror.GroupId == jobId && mirror.Told == mirror.Revision && mirror.DueAt == null)
            )
        );

    private string LocalFolder(string jobId) => Path.Combine(_host.Host.DataPath, "files", "generation", "outputs", jobId);

    private static string Text(JsonObject row, string column) => row[column]!.GetValue<string>();
}
