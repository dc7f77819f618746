using System.Text.Json;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>hls.js in a real browser goes over every join of every rendition as if there were none.</summary>
public class JoinTests(ServerFixture fixture, Clips clips, Chromium chromium) : IClassFixture<ServerFixture>, IClassFixture<Chromium>
{
    /// <summary>Less than a tenth of a frame; Matroska's ticks, of which hls.js adds one where frames are reordered, have a millisecond.</summary>
    private const double Nothing = 0.0015;

    /// <summary>hls.js rounds to the timescale, and a track of sound ends with a whole frame.</summary>
    private const double Edge = 0.1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    [Fact]
    public Task Can_be_walked_over_on_the_keyframe_grid() => WalkAsync(clips.Short, seconds: 12, frames: 300, ["240p", "360p"]);

    [Fact]
    public async Task Can_be_walked_over_on_the_uniform_grid() =>
        await WalkAsync(await clips.UniformAsync(), Clips.UniformSeconds, frames: 300, ["240p", "360p", "480p"]);

    private async Task WalkAsync(string clip, double seconds, int frames, string[] qualities)
    {
        var server = fixture.Server;
        var videoId = (string)(await server.CreateVideoAsync("To be looked at closely"))["videoId"]!;
        await server.UploadAsync(videoId, clip);
        await server.SettledAsync(videoId);

        var page = await chromium.OpenAsync($"{chromium.Website}joins");
        var answer = await page.EvaluateAsync<JsonElement>(
            "([manifest, levels]) => window.walk(manifest, levels)",
            new object[] { $"{server.Address}vod/{videoId}/hls/manifest.m3u8", qualities.Length }
        );
        var walks = answer.Deserialize<Walk[]>(Json)!;

        walks.Length.ShouldBe(qualities.Length + 1);
        var segments = walks[0].Joins.Count(join => join.Type == "video") + 1;
        segments.ShouldBeGreaterThan(2);

        foreach (var (walk, name) in walks.Zip(qualities.Append("all in turn")))
        {
            walk.Problems.ShouldBeEmpty(name);
            walk.Ranges.Select(range => range.Type).ShouldBe(["video", "audio"], ignoreOrder: true, name);
            walk.Ranges.ShouldAllBe(range => range.Reaches(seconds), name);
            walk.Played.ShouldHaveSingleItem(name).Reaches(seconds).ShouldBeTrue(name);
            walk.Frames.ShouldBe(frames, name);
        }

        foreach (var (walk, name) in walks.Zip(qualities))
        {
            foreach (var joins in walk.Joins.GroupBy(join => join.Type))
            {
                joins.Select(join => join.Number).ShouldBe(Enumerable.Range(1, segments - 1), name);
                joins.ShouldAllBe(join => Math.Abs(join.Gap) < Nothing, name);
            }

            walk.Sizes.ShouldHaveSingleItem(name);
        }

        walks[^1].Sizes.Distinct().Count().ShouldBeGreaterThan(1);
    }

    /// <param name="Problems">What hls.js and the browser complained of.</param>
    /// <param name="Frames">That were decoded.</param>
    /// <param name="Sizes">Of the picture, one after the other.</param>
    private sealed record Walk(
        IReadOnlyList<string> Problems,
        IReadOnlyList<Join> Joins,
        IReadOnlyList<int> Sizes,
        IReadOnlyList<Span> Ranges,
        IReadOnlyList<Span> Played,
        int Frames
    );

    /// <param name="Gap">From the end of the segment before to the beginning of this one, in seconds; negative when they overlap.</param>
    private sealed record Join(string Type, int Number, int Level, double Gap);

    private sealed record Span(string Type, double From, double To)
    {
        public bool Reaches(double end) => From < Edge && Math.Abs(To - end) < Edge;
    }
}
