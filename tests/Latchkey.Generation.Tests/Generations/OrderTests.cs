using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Access;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Generations;

/// <summary>What is wrong with an order is said before anything is stored or paid for.</summary>
public class OrderTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    public static TheoryData<string, string, string> BadOrders =>
        new()
        {
            { "photo", """[]""", "Invalid request" },
            { "photo", """{"model":""", "Invalid request" },
            { "photo", """{"prompt":"x"}""", "Model (or modelId+variantId) is required" },
            { "photo", """{"modelId":"z-image","variants":2,"prompt":"x"}""", "variants must be 1 for variant-based photo generation" },
            { "photo", """{"model":"nothing","prompt":"x"}""", "Invalid model" },
            { "photo", """{"model":"kling-2.6","prompt":"x"}""", "Invalid model" },
            { "photo", """{"model":"z-image"}""", "Prompt is required" },
            { "photo", """{"model":"z-image","prompt":"\ud83e"}""", "Invalid request" },
            { "photo", """{"model":"z-image","prompt":"   "}""", "Prompt is required" },
            { "photo", """{"model":"z-image","prompt":"x","mode":"i2i"}""", "Unsupported mode for this model" },
            { "photo", """{"model":"z-image","prompt":"x","aspectRatio":"7:3"}""", "Unsupported aspect ratio for this model" },
            { "photo", """{"model":"gpt-image","prompt":"x","quality":"ultra"}""", "Unsupported quality for this model" },
            { "photo", """{"model":"z-image","prompt":"x","variants":4}""", "Invalid request" },
            { "photo", """{"model":"seedream-4.5","prompt":"x","mode":"i2i"}""", "Reference image is required" },
            {
                "photo",
                """{"model":"z-image","prompt":"x","referenceImage":"data:image/png;base64,AAAA"}""",
                "This model takes no reference images"
            },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"data:image/png;base64,!!!"}""", "Invalid input file" },
            {
                "photo",
                """{"model":"seedream-4.5","prompt":"x","referenceImage":"data:image/png;base64,AAAAAAAA"}""",
                "Invalid input file"
            },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"data:text/plain,hello"}""", "Invalid input file" },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"file:///etc/passwd"}""", "Invalid input file" },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"http://169.254.169.254/latest"}""", "Invalid input file" },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"http://[::1]:22/"}""", "Invalid input file" },
            { "photo", """{"model":"seedream-4.5","prompt":"x","referenceImage":"http://10.1.2.3/a.png"}""", "Invalid input file" },
            { "photo", """{"model":"z-image","prompt":"x","webhookUrl":"ftp://a/"}""", "Invalid request" },
            { "video", """{"model":"nothing","prompt":"x"}""", "Invalid video model" },
            { "video", """{"prompt":"x"}""", "Model is required" },
            { "video", """{"model":"kling-2.6","prompt":"x","duration":7}""", "Unsupported duration for this model" },
            { "video", """{"model":"kling-2.6","prompt":"x","mode":"i2v"}""", "Reference image is required" },
            { "video", """{"model":"kling-2.5","prompt":"x","mode":"start-end"}""", "Start image is required" },
            { "video", """{"model":"wan-2.6","prompt":"x","mode":"video_to_video"}""", "Reference video is required" },
            { "video", """{"model":"kling-2.6","prompt":"x","audio":"loud"}""", "Invalid request" },
            { "video", """{"model":"veo-3.1-fast","prompt":"x","mode":"extend","taskId":"nobody"}""", "Source generation not found" },
        };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task Cannot_order_what_cannot_be_made(string kind, string body, string error)
    {
        using var client = await _host.ClientOfAsync();

        var status = error == "Source generation not found" ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest;
        var answer = await _host.SendAsync(HttpMethod.Post, "/api/generate/" + kind, body, status, client);

        answer["error"]!.GetValue<string>().ShouldBe(error);
        var owner = GenerationHost.KeyIdOf(client);
        (await _host.ReadAsync(db => db.Jobs.AnyAsync(job => job.OwnerId == owner))).ShouldBeFalse();
        (await _host.ReadAsync(db => db.Ledger.AnyAsync(entry => entry.OwnerId == owner))).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_order_without_credentials_or_scope()
    {
        var body = new { model = "z-image", prompt = "x" };
        using var video = await _host.ClientOfAsync(KeyScopes.Video);

        (await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", body, HttpStatusCode.Unauthorized, _host.Host.Anonymous))["error"]!
            .GetValue<string>()
            .ShouldBe("Unauthorized");
        await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", body, HttpStatusCode.Forbidden, video);
    }

    [Fact]
    public async Task Can_use_the_key_scheme()
    {
        using var client = await _host.ClientOfAsync();
        var secret = client.DefaultRequestHeaders.Authorization!.Parameter;

        await _host.SendAsync(
            HttpMethod.Get,
            "/api/library",
            null,
            HttpStatusCode.OK,
            _host.Host.Anonymous,
            ("Authorization", "Key " + secret)
        );
    }

    [Fact]
    public async Task Can_send_an_order_again_under_the_same_key()
    {
        using var client = await _host.ClientOfAsync();
        var body = new { model = "z-image", prompt = "A fox" };
        (string, string) key = ("Idempotency-Key", "order-1");

        var first = await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", body, HttpStatusCode.OK, client, key);
        var again = await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", body, HttpStatusCode.OK, client, key);

        again["jobId"]!.GetValue<string>().ShouldBe(first["jobId"]!.GetValue<string>());
        await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new { model = "z-image", prompt = "Another" },
            HttpStatusCode.Conflict,
            client,
            key
        );
    }

    [Fact]
    public async Task Can_tell_a_retry_of_a_client_library_from_a_second_order()
    {
        using var client = await _host.ClientOfAsync();
        var body = new { model = "z-image", prompt = "A fox" };
        var first = await _host.OrderAsync("/api/generate/photo", body, client);
        await _host.TurnUntilAsync(async () => (await _host.RowAsync(first)).AnsweredAt is not null);

        var retry = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            body,
            HttpStatusCode.OK,
            client,
            ("x-stainless-retry-count", "1")
        );
        var second = await _host.OrderAsync("/api/generate/photo", body, client);

        retry["jobId"]!.GetValue<string>().ShouldBe(first);
        second.ShouldNotBe(first);
    }

    /// <summary>Long before that is written down.</summary>
    [Fact]
    public async Task Can_order_the_same_again_as_soon_as_the_first_is_answered()
    {
        using var client = await _host.ClientOfAsync();
        var answered = _host.Host.Services.GetRequiredService<AnsweredOrders>();
        var body = new { model = "z-image", prompt = "Two of these" };
        var first = await _host.OrderAsync("/api/generate/photo", body, client);
        await Eventually.IsTrueAsync(() => Task.FromResult(answered.Contains(first)));
        (await _host.RowAsync(first)).AnsweredAt.ShouldBeNull();

        (await _host.OrderAsync("/api/generate/photo", body, client)).ShouldNotBe(first);
    }

    [Fact]
    public async Task Can_take_twenty_equal_orders_at_once_for_one_while_none_is_answered()
    {
        using var client = await _host.ClientOfAsync();
        var body = new { model = "z-image", prompt = "All at once" };

        var ids = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                    (
                        await _host.SendAsync(
                            HttpMethod.Post,
                            "/api/generate/photo",
                            body,
                            HttpStatusCode.OK,
                            client,
                            ("Idempotency-Key", "storm")
                        )
                    )["jobId"]!.GetValue<string>()
                )
        );

        ids.Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Can_say_what_was_not_used()
    {
        var answer = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new
            {
                model = "z-image",
                prompt = "A fox",
                negativePrompt = "cats",
                seed = 4,
            },
            HttpStatusCode.OK
        );

        answer["warning"]!.GetValue<string>().ShouldContain("negativePrompt");
        answer["warning"]!.GetValue<string>().ShouldContain("seed");
    }

    /// <summary>The clip is made all the same; whoever wanted it published is not left in the belief that it was.</summary>
    [Fact]
    public async Task Can_say_that_nothing_is_published_while_the_video_module_is_off()
    {
        var clip = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/video",
            new
            {
                model = "kling-2.6",
                prompt = "A fox",
                publish = true,
            },
            HttpStatusCode.OK
        );
        var picture = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            new
            {
                model = "z-image",
                prompt = "A fox",
                publish = true,
            },
            HttpStatusCode.OK
        );

        clip["warning"]!.GetValue<string>().ShouldBe("publish was not used: the Video module is off (LATCHKEY_MODULES)");
        picture["warning"]!.GetValue<string>().ShouldBe("publish was not used: only clips are published");
        _host.Host.Logs.ShouldContain(line => line.Level == LogLevel.Warning && line.Text.Contains("kling-2.6"));
        await _host.WaitAsync(clip["jobId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Can_take_a_picture_with_escaped_slashes_and_one_from_an_address()
    {
        var escaped = JsonSerializer.Serialize(Media.PngDataUrl).Replace("/", "\\/", StringComparison.Ordinal);
        var body =
            $$"""{"model":"seedream-4.5","prompt":"x","referenceImages":[{{escaped}},"{{_host.Emulators.Kie.Address}}/files/reference/0"]}""";
        _host.Emulators.Kie.ServeReference();

        var answer = await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", body, HttpStatusCode.OK);
        answer["mode"]!.GetValue<string>().ShouldBe("i2i");
        var jobId = answer["jobId"]!.GetValue<string>();
        await _host.WaitAsync(jobId);
        await _host.TurnUntilAsync(() =>
            Task.FromResult(!Directory.Exists(Path.Combine(_host.Host.DataPath, "files", "generation", "references", jobId)))
        );

        // Without a public address the files are carried to the vendor.
        _host.Emulators.Kie.Uploads.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task Cannot_leave_files_behind_by_going_away()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var references = Path.Combine(_host.Host.DataPath, "files", "generation", "references");
        var before = Folders();
        using var leaving = new CancellationTokenSource();
        var order = new
        {
            model = "nano-banana-pro",
            prompt = "x",
            referenceImages = new[] { Media.PngDataUrl, $"http://{silent.LocalEndpoint}/a.png" },
        };
        var ordering = _host.Client.PostAsJsonAsync("/api/generate/photo", order, leaving.Token);
        using var asked = await silent.AcceptTcpClientAsync();
        var mine = Folders().Except(before).ShouldHaveSingleItem();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => ordering);
        await Eventually.IsTrueAsync(() => Task.FromResult(!Directory.Exists(mine)));

        string[] Folders() => Directory.Exists(references) ? Directory.GetDirectories(references) : [];
    }

    [Fact]
    public async Task Cannot_send_a_picture_bomb_or_more_than_fifty_megabytes()
    {
        var bomb = new
        {
            model = "seedream-4.5",
            prompt = "x",
            referenceImage = "data:image/png;base64," + Convert.ToBase64String(Media.HugePng),
        };
        var answer = await _host.SendAsync(HttpMethod.Post, "/api/generate/photo", bomb, HttpStatusCode.BadRequest);
        answer["details"]!.GetValue<string>().ShouldContain("pixels");

        var large = new
        {
            model = "seedream-4.5",
            prompt = "x",
            referenceImage = "data:image/png;base64," + new string('A', 52 * 1024 * 1024),
        };

        // The refusal comes before the body: who waits for it sends nothing.
        await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/photo",
            large,
            HttpStatusCode.RequestEntityTooLarge,
            null,
            ("Expect", "100-continue")
        );
    }

    [Fact]
    public async Task Can_list_the_models_and_what_they_can_do()
    {
        var models = await _host.GetAsync("/api/models");
        models["models"]!.AsArray().Count.ShouldBeGreaterThan(20);

        var model = await _host.GetAsync("/api/models/nano-banana-pro/capabilities");
        model["maxVariants"]!.GetValue<int>().ShouldBe(4);
        model["supportsI2i"]!.GetValue<bool>().ShouldBeTrue();

        (await _host.GetAsync("/api/models/nothing/capabilities", HttpStatusCode.NotFound))["modelId"]!
            .GetValue<string>()
            .ShouldBe("nothing");
    }
}
