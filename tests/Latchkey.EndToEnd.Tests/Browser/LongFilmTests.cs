using System.Globalization;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>Two hours that nobody has encoded yet: the viewer goes where they like, right after the upload.</summary>
public class LongFilmTests(Clips clips, Chromium chromium) : IClassFixture<Chromium>
{
    private const double SoughtSeconds = 6300;

    /// <summary>Of a segment on the uniform grid.</summary>
    private const double SegmentSeconds = 4;

    [Fact]
    public async Task Can_seek_far_into_a_film_that_was_just_uploaded()
    {
        await using var server = await Server.StartAsync();
        var videoId = (string)(await server.CreateVideoAsync("A long film"))["videoId"]!;
        await server.UploadAsync(videoId, await clips.TwoHoursAsync());

        var page = await chromium.OpenAsync($"{server.Address}embed/vod/{videoId}#autoplay");
        await page.WaitForFunctionAsync("() => document.querySelector('video').currentTime > 0.1");
        await page.EvaluateAsync("at => { document.querySelector('video').currentTime = at; }", SoughtSeconds);
        await page.WaitForFunctionAsync("at => document.querySelector('video').currentTime > at + 2", SoughtSeconds);

        var made = Made(server, videoId);
        made.ShouldContain(SoughtSegment);
        made.ShouldNotContain(
            segment => segment > SoughtSegment / 4 && segment < SoughtSegment - 1,
            "what lies before the place that is watched comes last"
        );

        // The background goes on from there too.
        await Eventually.TrueAsync(
            () => Task.FromResult(Made(server, videoId).Contains(SoughtSegment + 20)),
            TimeSpan.FromSeconds(60),
            () => string.Join(' ', Made(server, videoId))
        );
    }

    private static int SoughtSegment => (int)(SoughtSeconds / SegmentSeconds) + 1; // the first ones are shorter

    private static List<int> Made(Server server, string videoId) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(server.DataFolder, "files", "videos", videoId, "v1", "240p"), "*.m4s")
                .Select(path => int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture))
                .Order(),
        ];
}
