using System.Diagnostics;
using System.Net;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Deaths;

/// <summary>A video is deleted while it is encoded: no encoder, no temporary file, and no file of it at all where nothing is to be kept.</summary>
public class DeleteTests(Clips clips)
{
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Can_delete_a_video_while_it_is_encoded()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["VIDEO_DISCARD_DAYS"] = "0" });
        var videoId = (string)(await server.CreateVideoAsync("Deleted"))["videoId"]!;
        await server.UploadAsync(videoId, clips.Long);
        await Eventually.BecomesAsync(
            () => Task.FromResult(server.Children()),
            children => children.Count > 0,
            TimeSpan.FromSeconds(20),
            () => "No encoder was started."
        );

        var began = Stopwatch.GetTimestamp();
        using var deleted = await server.Client.DeleteAsync($"/videos/{videoId}");
        await Eventually.TrueAsync(
            () => Task.FromResult(server.Children().Count == 0),
            TimeSpan.FromSeconds(20),
            () => "An encoder goes on."
        );
        var took = Stopwatch.GetElapsedTime(began);

        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        took.ShouldBeLessThan(LongestWork);
        await Eventually.TrueAsync(
            () => Task.FromResult(Files(server, "scratch").Count == 0 && Files(server, "files").Count == 0),
            TimeSpan.FromSeconds(10),
            () => $"Left: {string.Join(", ", Files(server, "scratch").Concat(Files(server, "files")))}"
        );
    }

    private static List<string> Files(Server server, string folder) =>
        [.. Directory.EnumerateFileSystemEntries(Path.Combine(server.DataFolder, folder), "*", SearchOption.AllDirectories)];
}
