using System.Net;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Providers;

/// <summary>A key that is missing is missed by its own provider alone, and before anything is stored or paid for.</summary>
public class ConfigurationTests
{
    [Theory]
    [InlineData("photo", "z-image", "kie", "KIE_API_KEY")]
    [InlineData("photo", "nano-banana", "laozhang", "LAOZHANG_API_KEY")]
    [InlineData("photo", "gpt-image-direct", "openai", "OPENAI_API_KEY")]
    [InlineData("video", "kling-o3-standard", "fal", "FAL_KEY")]
    public async Task Cannot_use_a_provider_without_its_key(string kind, string model, string provider, string setting)
    {
        await using var host = await GenerationHost.StartAsync(withKeys: false);

        var answer = await host.SendAsync(
            HttpMethod.Post,
            "/api/generate/" + kind,
            new { model, prompt = "A fox" },
            HttpStatusCode.InternalServerError
        );

        answer
            .ToJsonString()
            .ShouldBe(
                $$"""{"error":"Integration is not configured","provider":"{{provider}}","hint":"Set required env vars in .env.local or platform env","missing":["{{setting}}"]}"""
            );
        (await host.ReadAsync(db => db.Jobs.AnyAsync())).ShouldBeFalse();
        (await host.ReadAsync(db => db.Ledger.AnyAsync())).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_use_the_other_providers_without_one_key()
    {
        await using var host = await GenerationHost.StartAsync(withKeys: false, (GenerationSettings.FalKey, Emulator.GoodKey));

        await host.WaitAsync(await host.OrderAsync("/api/generate/video", new { model = "kling-o3-standard", prompt = "A fox" }));
        await host.WaitAsync(await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" }));
    }

    [Fact]
    public async Task Cannot_use_a_model_whose_flag_is_off()
    {
        await using var host = await GenerationHost.StartAsync(settings: (GenerationSettings.KlingO3, "false"));

        var answer = await host.SendAsync(
            HttpMethod.Post,
            "/api/generate/video",
            new { model = "kling-o3-standard", prompt = "A fox" },
            HttpStatusCode.Forbidden
        );

        answer["error"]!.GetValue<string>().ShouldBe("Model is disabled by feature flag");
    }

    [Fact]
    public async Task Can_ask_a_fallback_when_the_key_is_bad()
    {
        await using var host = await GenerationHost.StartAsync(settings: (GenerationSettings.LaoZhangKey, "a-key-that-was-revoked"));

        var job = await host.WaitAsync(await host.OrderAsync("/api/generate/photo", new { model = "nano-banana", prompt = "A fox" }));

        job["provider"]!.GetValue<string>().ShouldBe("kie");
        host.Host.Logs.ShouldAllBe(line => !line.Text.Contains("a-key-that-was-revoked"));
    }

    [Fact]
    public async Task Can_edit_the_catalogue_while_it_runs_and_keep_the_last_good_one()
    {
        using var folder = new Testing.TemporaryFolder();
        var path = folder.File("catalogue.json");
        var text = System.Text.Encoding.UTF8.GetString(Generation.Models.ModelCatalogue.BuiltIn());
        await File.WriteAllTextAsync(path, text);
        await using var host = await GenerationHost.StartAsync(settings: (GenerationSettings.CatalogueFile, path));

        await File.WriteAllTextAsync(path, text.Replace("\"id\": \"z-image\"", "\"id\": \"my-image\"", StringComparison.Ordinal));
        await host.TurnUntilAsync(() => ExistsAsync(host, "my-image"));
        (await ExistsAsync(host, "z-image")).ShouldBeFalse();

        await File.WriteAllTextAsync(path, "{ broken");
        await host.TurnUntilAsync(() => Task.FromResult(host.Host.Logs.Any(line => line.Text.Contains("is not used"))));
        (await ExistsAsync(host, "my-image")).ShouldBeTrue();
    }

    private static async Task<bool> ExistsAsync(GenerationHost host, string model)
    {
        using var answer = await host.Client.GetAsync($"/api/models/{model}/capabilities");
        return answer.StatusCode == HttpStatusCode.OK;
    }
}
