using System.Text;
using System.Text.Json;
using Latchkey.Generation.Bodies;
using Latchkey.Platform.Files;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Bodies;

/// <summary>Long data URLs leave the JSON while it arrives, wherever the pieces end.</summary>
public class DataUrlSplitterTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private const int Long = 40_000;

    private readonly IFileStore _store = shared.Reset().Host.Services.GetRequiredService<IFileStore>();

    public static TheoryData<int> Pieces => [1, 2, 7, 1000, 16 * 1024, 1 << 20];

    [Theory]
    [MemberData(nameof(Pieces))]
    public async Task Can_take_data_urls_out(int piece)
    {
        var url =
            "data:image/png;base64," + string.Concat(Enumerable.Range(0, Long / 4).Select(number => number % 3 == 0 ? "Ab+/" : "cd0="));
        var prompt = new string('x', Long) + "\\ \" data:";
        var json = $$"""
            {"prompt":{{JsonSerializer.Serialize(prompt)}},"short":"data:image/png;base64,AAAA","a\"b":"",
             "images":[{{Escaped(url)}},"https://a.example/",{{JsonSerializer.Serialize(url)}}],"n":1}
            """;
        using var files = new BodyFiles(_store);

        var kept = JsonDocument.Parse(await SplitAsync(files, json, piece)).RootElement;

        kept.GetProperty("prompt").GetString().ShouldBe(prompt);
        kept.GetProperty("short").GetString().ShouldBe("data:image/png;base64,AAAA");
        kept.GetProperty("a\"b").GetString().ShouldBe("");
        kept.GetProperty("images")[1].GetString().ShouldBe("https://a.example/");

        foreach (var index in new[] { 0, 2 })
        {
            var file = files.Find(kept.GetProperty("images")[index].GetString()!).ShouldNotBeNull();
            file.IsDataUrl.ShouldBeTrue();
            (await File.ReadAllTextAsync(file.Path)).ShouldBe(url);
        }
    }

    [Fact]
    public async Task Cannot_take_what_ends_early_for_json()
    {
        using var files = new BodyFiles(_store);
        var text = await SplitAsync(files, "{\"a\":\"data:," + new string('A', Long), 4096);

        Should.Throw<JsonException>(() => JsonDocument.Parse(text));
    }

    [Fact]
    public async Task Cannot_keep_more_than_a_megabyte_in_memory()
    {
        using var files = new BodyFiles(_store);

        await Should.ThrowAsync<InvalidDataException>(() => SplitAsync(files, new string('[', DataUrlSplitter.MostText + 1), 4096));
        await Should.ThrowAsync<InvalidDataException>(() => SplitAsync(files, "\"" + new string('x', DataUrlSplitter.MostText), 4096));
    }

    [Fact]
    public async Task Cannot_bring_files_without_end()
    {
        using var files = new BodyFiles(_store);
        var one = "\"data:," + new string('A', Long) + "\"";

        await Should.ThrowAsync<InvalidDataException>(() => SplitAsync(files, string.Join(',', Enumerable.Repeat(one, 33)), 1 << 20));
    }

    [Fact]
    public async Task Cannot_leave_files_behind()
    {
        var files = new BodyFiles(_store);
        await SplitAsync(files, "{\"a\":\"data:," + new string('A', Long) + "\"}", 4096);
        var path = files.Add(isDataUrl: false).Path;
        Directory.Exists(Path.GetDirectoryName(path)).ShouldBeTrue();

        files.Dispose();

        Directory.Exists(Path.GetDirectoryName(path)).ShouldBeFalse();
    }

    private static async Task<byte[]> SplitAsync(BodyFiles files, string json, int piece)
    {
        await using var splitter = new DataUrlSplitter(files);
        var bytes = Encoding.UTF8.GetBytes(json);

        for (var at = 0; at < bytes.Length; at += piece)
            await splitter.TakeAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)), CancellationToken.None);

        return splitter.Text;
    }

    /// <summary>As some encoders write it: every slash and every plus.</summary>
    private static string Escaped(string text) =>
        "\"" + text.Replace("/", "\\/", StringComparison.Ordinal).Replace("+", "\\u002B", StringComparison.Ordinal) + "\"";
}
