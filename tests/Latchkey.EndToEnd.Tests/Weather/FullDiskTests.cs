using System.Net;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Media;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Weather;

/// <summary>The disk runs full while a video is encoded: work pauses, nothing fails, and all of it is there when there is room again.</summary>
public class FullDiskTests(Clips clips)
{
    private const int DiskMegabytes = 80;
    private const int FloorMegabytes = 20;

    [Fact]
    public async Task Can_pause_below_the_floor_and_go_on()
    {
        await using var server = await StartAsync(FloorMegabytes);
        var videoId = await BeginAsync(server);

        await FillAsync(server, leave: (FloorMegabytes - 8) << 20);
        await Eventually.TrueAsync(
            () => Task.FromResult(server.Output.Contains("background encoding pauses", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30),
            () => $"Nothing pauses.\n{server.Output}"
        );
        var other = (string)(await server.CreateVideoAsync("Other"))["videoId"]!;
        using var refused = await server.SendSourceAsync(other, await File.ReadAllBytesAsync(clips.Short));
        var problem = await refused.JsonAsync();

        refused.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        ((string)problem["type"]!).ShouldEndWith("/storage-full");
        ((int)problem["status"]!).ShouldBe(507);

        await EmptyAsync(server, videoId);
        await server.UploadAsync(other, clips.Short);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Can_go_on_after_the_disk_was_full_to_the_last_byte()
    {
        await using var server = await StartAsync(floor: 0);
        var videoId = await BeginAsync(server);

        await FillAsync(server, leave: 0);
        await Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    server.Output.Contains("pauses", StringComparison.Ordinal) || server.Output.Contains("room", StringComparison.Ordinal)
                ),
            TimeSpan.FromSeconds(30),
            () => $"Nobody noticed.\n{server.Output}"
        );

        await EmptyAsync(server, videoId);
    }

    private static async Task<Server> StartAsync(int floor)
    {
        if (!await SmallDisk.IsAllowedAsync())
            Assert.Skip("This machine does not allow a small disk to be mounted (unshare -rm, mount -t tmpfs).");

        return await Server.StartAsync(new Dictionary<string, string> { ["VIDEO_MIN_FREE_DISK"] = $"{(long)floor << 20}" }, DiskMegabytes);
    }

    private async Task<string> BeginAsync(Server server)
    {
        var videoId = (string)(await server.CreateVideoAsync("Squeezed"))["videoId"]!;
        await server.UploadAsync(videoId, clips.Long);
        await server.PlayableAsync(videoId);
        return videoId;
    }

    /// <summary>Somebody else's file on the same disk.</summary>
    private static async Task FillAsync(Server server, long leave)
    {
        var free = new DriveInfo(server.OwnDataFolder).AvailableFreeSpace;
        await using var ballast = File.Create(Path.Combine(server.OwnDataFolder, "ballast"));
        var block = new byte[64 << 10];

        try
        {
            for (var left = free - leave; left > 0; left -= block.Length)
                await ballast.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, left)));
        }
        catch (IOException)
        {
            // Full to the last byte.
        }
    }

    private static async Task EmptyAsync(Server server, string videoId)
    {
        File.Delete(Path.Combine(server.OwnDataFolder, "ballast"));
        JsonNode settled = await server.SettledAsync(videoId);

        VideoApi.Qualities(settled).ShouldAllBe(state => state == "encoded", server.Output);
        var packets = await Command.SucceedAsync(
            "ffprobe",
            [
                "-v",
                "error",
                "-select_streams",
                "v",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                $"{server.Address}vod/{videoId}/hls/manifest.m3u8",
            ]
        );
        packets.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(count => count == $"{Clips.LongSeconds * 25}");
    }
}
