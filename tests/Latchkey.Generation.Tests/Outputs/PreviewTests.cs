using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Outputs;

/// <summary>Small previews, made by ffmpeg once nobody waits any more.</summary>
public class PreviewTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_show_a_moving_preview_of_a_clip()
    {
        using var client = await _host.ClientOfAsync();
        var jobId = await _host.OrderAsync("/api/generate/video", new { model = "kling-2.6", prompt = "A fox" }, client);
        (await ItemAsync(client, jobId))["preview_status"]!.GetValue<string>().ShouldBe("none");

        var item = await ShownAsync(client, jobId);

        using var preview = await _host.Host.Anonymous.GetAsync(item["previewUrl"]!.GetValue<string>());
        preview.Content.Headers.ContentType!.MediaType.ShouldBe("video/mp4");
        item["displayUrl"]!.GetValue<string>().ShouldBe(item["previewUrl"]!.GetValue<string>());
        item["posterUrl"]!.GetValue<string>().ShouldContain("kind=poster");

        using var folder = new TemporaryFolder();
        var path = folder.File("preview.mp4");
        await File.WriteAllBytesAsync(path, await preview.Content.ReadAsByteArrayAsync());
        var tools = _host.Host.Services.GetRequiredService<MediaTools>();
        var probed = await tools.ProbeAsync(path, "mov", CancellationToken.None);
        (probed!.Width, probed.Height).ShouldBe((320, 240));
        probed.Seconds!.Value.ShouldBe(1, 0.2);

        var results = (await _host.GetAsync("/api/jobs/" + jobId, client: client))["results"]!;
        results[0]!["previewUrl"]!.GetValue<string>().ShouldContain("kind=preview");
        using var own = await client.GetAsync($"/api/generations/{jobId}/download?kind=preview&download=1");
        own.Content.Headers.ContentDisposition!.FileName.ShouldBe($"{jobId}-0.mp4");
    }

    [Fact]
    public async Task Can_shrink_a_large_picture_and_take_a_small_one_for_its_own_preview()
    {
        using var client = await _host.ClientOfAsync();
        var small = await ShownAsync(client, await PictureAsync(client));
        small["previewUrl"]!.GetValue<string>().ShouldBe(small["originalUrl"]!.GetValue<string>());

        _host.Emulators.Kie.Trouble = OutputTrouble.Large;
        var large = await ShownAsync(client, await PictureAsync(client));
        using var preview = await _host.Host.Anonymous.GetAsync(large["previewUrl"]!.GetValue<string>());
        preview.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");

        using var folder = new TemporaryFolder();
        var path = folder.File("preview.webp");
        await File.WriteAllBytesAsync(path, await preview.Content.ReadAsByteArrayAsync());
        PictureSize.OfFile(path).ShouldBe((640, 360));
    }

    /// <summary>The files of one order arrive together.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Can_make_several_previews_at_once_even_beside_a_broken_picture(bool hasBroken)
    {
        using var folder = new TemporaryFolder();
        var tools = _host.Host.Services.GetRequiredService<MediaTools>();
        var drafts = new List<PreviewDraft>();

        foreach (var number in Enumerable.Range(0, 3))
        {
            var path = folder.File($"{number}.png");
            await File.WriteAllBytesAsync(path, hasBroken && number == 1 ? Media.LargePng[..60] : Media.LargePng);
            var format = (await MediaFormat.OfFileAsync(path, CancellationToken.None))!;
            drafts.Add(new PreviewDraft(path, format, folder.File($"{number}.webp"), "webp"));
        }

        await tools.MakeStillPreviewsAsync(drafts, CancellationToken.None);

        foreach (var draft in drafts.Where((_, number) => !hasBroken || number == 1))
            draft.IsMade.ShouldBe(!hasBroken);

        foreach (var draft in drafts.Where(draft => draft.IsMade))
            PictureSize.OfFile(draft.Preview).ShouldBe((640, 360));
    }

    [Fact]
    public async Task Can_show_the_previews_of_pictures_that_came_together()
    {
        using var client = await _host.ClientOfAsync();
        _host.Emulators.Kie.Trouble = OutputTrouble.Large;
        var jobIds = new[]
        {
            await PictureAsync(client, "A fox"),
            await PictureAsync(client, "A hen"),
            await PictureAsync(client, "A cat"),
        };

        foreach (var jobId in jobIds)
            await _host.WaitAsync(jobId, client: client);

        foreach (var jobId in jobIds)
        {
            using var preview = await _host.Host.Anonymous.GetAsync((await ShownAsync(client, jobId))["previewUrl"]!.GetValue<string>());
            preview.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");
        }
    }

    /// <summary>What has a good beginning and no end is delivered as it came.</summary>
    [Fact]
    public async Task Can_live_without_a_preview()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("broken.png");
        await File.WriteAllBytesAsync(path, Media.LargePng[..60]);
        var tools = _host.Host.Services.GetRequiredService<MediaTools>();
        var format = (await MediaFormat.OfFileAsync(path, CancellationToken.None))!;

        (await tools.MakePreviewAsync(path, format, folder.File("preview.webp"), CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_see_a_preview_of_somebody_else_or_of_what_is_deleted()
    {
        using var client = await _host.ClientOfAsync();
        using var other = await _host.ClientOfAsync();
        var jobId = await _host.OrderAsync("/api/generate/video", new { model = "kling-2.6", prompt = "A fox" }, client);
        var url = (await ShownAsync(client, jobId))["previewUrl"]!.GetValue<string>();

        await _host.GetAsync($"/api/generations/{jobId}/download?kind=preview", HttpStatusCode.NotFound, other);
        await _host.GetAsync(url.Replace("kind=preview", "kind=original"), HttpStatusCode.Unauthorized, _host.Host.Anonymous);
        await _host.SendAsync(HttpMethod.Delete, "/api/generations/" + jobId, null, HttpStatusCode.OK, client);
        await _host.GetAsync(url, HttpStatusCode.NotFound, _host.Host.Anonymous);
    }

    private async Task<JsonNode> ItemAsync(HttpClient client, string jobId) =>
        await _host.GetAsync("/api/generations/" + jobId, client: client);

    private async Task<JsonNode> ShownAsync(HttpClient client, string jobId)
    {
        await _host.WaitAsync(jobId, client: client);
        JsonNode item = null!;
        await _host.TurnUntilAsync(async () =>
            (item = await ItemAsync(client, jobId))["preview_status"]!.GetValue<string>() is var status
            && (status == "ready" || status == "failed")
        );
        item["preview_status"]!.GetValue<string>().ShouldBe("ready");

        return item;
    }

    private Task<string> PictureAsync(HttpClient client, string prompt = "A fox") =>
        _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt }, client);
}
