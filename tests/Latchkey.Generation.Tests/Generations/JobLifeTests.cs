using System.Net;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Access;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

public class JobLifeTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_make_a_picture_and_find_it_in_the_library()
    {
        using var client = await _host.ClientOfAsync();
        _host.Emulators.Kie.Outputs = 6;

        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new { model = "grok-imagine", prompt = "A fox" },
            HttpStatusCode.OK,
            client
        );
        var jobId = answer["jobId"]!.GetValue<string>();

        answer["success"]!.GetValue<bool>().ShouldBeTrue();
        answer["status"]!.GetValue<string>().ShouldBe("queued");
        answer["creditCost"]!.GetValue<int>().ShouldBe(4);
        answer["kind"]!.GetValue<string>().ShouldBe("image");
        answer["provider"]!.GetValue<string>().ShouldBe("kie");

        var job = await _host.WaitAsync(jobId, client: client);
        job["progress"]!.GetValue<int>().ShouldBe(100);
        job["results"]!.AsArray().Count.ShouldBe(6);

        var library = await _host.GetAsync("/api/library", client: client);
        var item = library["items"]!.AsArray().ShouldHaveSingleItem()!;
        item["id"]!.GetValue<string>().ShouldBe(jobId);
        item["status"]!.GetValue<string>().ShouldBe("success");
        item["resultUrls"]!.AsArray().Count.ShouldBe(6);
        library["meta"]!["hasMore"]!.GetValue<bool>().ShouldBeFalse();

        using var file = await _host.Host.Anonymous.GetAsync(item["resultUrls"]![5]!.GetValue<string>());
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        file.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await file.Content.ReadAsByteArrayAsync()).ShouldBe(Media.Png);

        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Settle]);
    }

    [Fact]
    public async Task Can_make_a_clip_with_a_poster_and_fetch_a_part_of_it()
    {
        var jobId = await _host.OrderAsync("/api/generate/video", new { model = "kling-2.6", prompt = "A fox" });
        var job = await _host.WaitAsync(jobId);
        var result = job["results"]![0]!;

        result["width"]!.GetValue<int>().ShouldBe(320);
        result["duration"]!.GetValue<double>().ShouldBe(1, 0.2);

        using var request = new HttpRequestMessage(HttpMethod.Get, result["url"]!.GetValue<string>());
        request.Headers.Range = new(0, 9);
        using var part = await _host.Host.Anonymous.SendAsync(request);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(Media.Mp4[..10]);

        using var poster = await _host.Host.Anonymous.GetAsync(result["thumbnailUrl"]!.GetValue<string>());
        (await poster.Content.ReadAsByteArrayAsync())[..3].ShouldBe([0xFF, 0xD8, 0xFF]);
    }

    [Fact]
    public async Task Can_find_a_job_by_the_vendors_id_and_cannot_find_somebody_elses()
    {
        using var mine = await _host.ClientOfAsync();
        using var other = await _host.ClientOfAsync();
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, mine);
        await _host.WaitAsync(jobId, client: mine);
        var taskId = (await _host.RowAsync(jobId)).TaskId!;

        (await _host.GetAsync($"/api/jobs/{taskId}?kind=image&provider=fal", client: mine))["jobId"]!.GetValue<string>().ShouldBe(jobId);

        foreach (var id in new[] { jobId, taskId })
        {
            await _host.GetAsync("/api/jobs/" + id, HttpStatusCode.NotFound, other);
            await _host.GetAsync("/api/jobs/" + id, HttpStatusCode.Unauthorized, _host.Host.Anonymous);
            await _host.SendAsync(HttpMethod.Post, "/api/jobs/" + id, new { }, HttpStatusCode.NotFound, other);
        }

        await _host.GetAsync("/api/generations/" + jobId, HttpStatusCode.NotFound, other);
        await _host.GetAsync($"/api/generations/{jobId}/download?kind=original", HttpStatusCode.NotFound, other);
        (await _host.GetAsync("/api/library", client: other))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Cannot_use_a_link_that_was_changed_or_is_old()
    {
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });
        var url = (await _host.WaitAsync(jobId))["results"]![0]!["url"]!.GetValue<string>();

        await _host.GetAsync(url.Replace("output=0", "output=1"), HttpStatusCode.Unauthorized, _host.Host.Anonymous);
        await _host.GetAsync(url[..^1] + (url[^1] == '0' ? '1' : '0'), HttpStatusCode.Unauthorized, _host.Host.Anonymous);

        _host.Time.Advance(TimeSpan.FromMinutes(61));
        await _host.GetAsync(url, HttpStatusCode.Unauthorized, _host.Host.Anonymous);
    }

    [Fact]
    public async Task Can_cancel_and_get_the_credits_back()
    {
        var jobId = await _host.OrderAsync(
            "/api/generate/video",
            new
            {
                model = "kling-o1",
                mode = "i2v",
                prompt = "A fox",
                referenceImage = Media.PngDataUrl,
            }
        );
        await _host.WaitAsync(jobId, "processing");

        var job = await _host.SendAsync(HttpMethod.Post, "/api/jobs/" + jobId, new { }, HttpStatusCode.OK);

        job["status"]!.GetValue<string>().ShouldBe("cancelled");
        job["creditCost"]!.GetValue<int>().ShouldBe(0);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
        await _host.TurnUntilAsync(() => Task.FromResult(_host.Emulators.Fal.Tasks.Values.Single().IsCancelled));

        // Once more changes nothing.
        await _host.SendAsync(HttpMethod.Post, "/api/jobs/" + jobId, new { }, HttpStatusCode.OK);
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }

    [Fact]
    public async Task Cannot_take_credits_for_what_failed()
    {
        _host.Emulators.Kie.FailWith = new EmulatedFailure("500", "Internal model error https://secret.example/x");
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });

        var job = await _host.WaitAsync(jobId, "failed");

        job["errorCode"]!.GetValue<string>().ShouldBe("generation_failed");
        job["error"]!.GetValue<string>().ShouldNotContain("secret.example");
        (await _host.MoneyAsync(jobId)).ShouldBe([EntryKind.Reserve, EntryKind.Release]);
    }

    [Fact]
    public async Task Can_pay_for_the_variants_alone_that_came()
    {
        _host.Emulators.LaoZhang.OnSubmit(
            Fault.Status(400, """{"error":{"message":"rejected by the safety system","code":"moderation_blocked"}}""")
        );
        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new
            {
                model = "nano-banana",
                prompt = "A fox",
                variants = 3,
            },
            HttpStatusCode.OK
        );
        answer["creditCost"]!.GetValue<int>().ShouldBe(15);

        var job = await _host.WaitAsync(answer["jobId"]!.GetValue<string>());

        job["results"]!.AsArray().Count.ShouldBe(2);
        job["creditCost"]!.GetValue<int>().ShouldBe(10);
    }

    [Fact]
    public async Task Can_follow_a_job_as_it_goes()
    {
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });
        using var events = await _host.Client.GetAsync($"/api/jobs/{jobId}/events", HttpCompletionOption.ResponseHeadersRead);
        events.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var reading = events.Content.ReadAsStringAsync();

        await _host.WaitAsync(jobId);

        var text = await reading;
        text.ShouldContain("event: job");
        text.ShouldContain("\"status\":\"processing\"");
        text.ShouldContain("\"status\":\"completed\"");
    }

    [Fact]
    public async Task Can_make_everything_without_a_vendor_with_a_sandbox_key()
    {
        using var client = await _host.ClientOfAsync(environment: KeyEnvironment.Sandbox);
        var jobId = await _host.OrderAsync(
            "/api/generate/video",
            new { model = "kling-2.6", prompt = "it's 100% \"тест\": \\ %{pts} \n[x]" },
            client
        );

        var job = await _host.WaitAsync(jobId, client: client);

        job["provider"]!.GetValue<string>().ShouldBe("sandbox");
        job["results"]![0]!["contentType"]!.GetValue<string>().ShouldBe("video/mp4");
        _host.Emulators.Kie.Submissions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_favour_and_delete_a_generation()
    {
        using var client = await _host.ClientOfAsync();
        var jobId = await _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, client);
        var url = (await _host.WaitAsync(jobId, client: client))["results"]![0]!["url"]!.GetValue<string>();

        await _host.SendAsync(
            HttpMethod.Patch,
            "/api/generations/" + jobId,
            new { credits_used = 0, status = "failed" },
            HttpStatusCode.BadRequest,
            client
        );
        (await _host.SendAsync(HttpMethod.Patch, "/api/generations/" + jobId, new { is_favorite = true }, HttpStatusCode.OK, client))[
            "is_favorite"
        ]!
            .GetValue<bool>()
            .ShouldBeTrue();
        (await _host.GetAsync("/api/generations?favorites=true&type=photo&status=success", client: client))["count"]!
            .GetValue<int>()
            .ShouldBe(1);

        await _host.SendAsync(HttpMethod.Delete, "/api/generations/" + jobId, null, HttpStatusCode.OK, client);
        await _host.GetAsync("/api/generations/" + jobId, HttpStatusCode.NotFound, client);
        await _host.GetAsync(url, HttpStatusCode.NotFound, _host.Host.Anonymous);
        Directory.Exists(Path.Combine(_host.Host.DataPath, "files", "generation", "outputs", jobId)).ShouldBeFalse();
    }
}
