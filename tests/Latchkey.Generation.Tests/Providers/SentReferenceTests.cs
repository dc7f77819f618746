using System.Text.Json.Nodes;
using Latchkey.Generation.Tests.Emulators;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Providers;

/// <summary>References that go to a vendor inside the order, byte by byte as they came.</summary>
public class SentReferenceTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_send_pictures_to_gemini_inside_the_order()
    {
        const string Prompt = "Два лиса, \"рядом\"\n🦊";
        byte[][] pictures = [Media.LargePng, Media.Png];

        var jobId = await _host.OrderAsync(
            "/api/generate/photo",
            new
            {
                model = "nano-banana",
                mode = "i2i",
                prompt = Prompt,
                referenceImages = pictures.Select(DataUrl),
            }
        );
        await _host.WaitAsync(jobId);

        var parts = _host.Emulators.LaoZhang.Submissions.ShouldHaveSingleItem()["contents"]![0]!["parts"]!.AsArray();
        parts[0]!["text"]!.GetValue<string>().ShouldBe(Prompt);
        parts.Skip(1).Select(part => part!["inline_data"]!["mime_type"]!.GetValue<string>()).ShouldBe(["image/png", "image/png"]);
        parts.Skip(1).Select(BytesOf).ShouldBe(pictures);
    }

    [Fact]
    public async Task Can_send_pictures_to_OpenAI_beside_the_order()
    {
        byte[][] pictures = [Media.LargePng, Media.Png];

        var jobId = await _host.OrderAsync(
            "/api/generate/photo",
            new
            {
                model = "gpt-image-direct",
                mode = "i2i",
                prompt = "A fox",
                referenceImages = pictures.Select(DataUrl),
            }
        );
        await _host.WaitAsync(jobId);

        _host.Emulators.OpenAi.Files.ShouldBe(pictures);
    }

    private static string DataUrl(byte[] picture) => "data:image/png;base64," + Convert.ToBase64String(picture);

    private static byte[] BytesOf(JsonNode? part) => Convert.FromBase64String(part!["inline_data"]!["data"]!.GetValue<string>());
}
