using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Weather;

/// <summary>An upload goes from the socket to the disk: neither memory nor a second copy grows with it.</summary>
public class LargeUploadTests
{
    private const long Size = 1L << 30;

    /// <summary>Above what the server has at rest; buffers of some sockets and the collector's slack fit in it.</summary>
    private const long MostMemory = 150L << 20;

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Can_take_a_large_file_without_memory_or_a_second_copy()
    {
        using var folder = new TemporaryFolder();
        await using var server = await Server.StartAsync();
        var file = folder.File("large.mp4");

        await using (var sparse = File.Create(file))
            sparse.SetLength(Size);

        var videoId = (string)(await server.CreateVideoAsync("Large"))["videoId"]!;
        var before = server.Memory("VmRSS");

        var status = await Command.SucceedAsync(
            "curl",
            [
                "-sS",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-u",
                $"{server.ApiKey}:",
                "-F",
                $"file=@{file}",
                $"{server.Address}videos/{videoId}/source",
            ]
        );

        status.ShouldBe("201");
        (server.Memory("VmHWM") - before).ShouldBeLessThan(MostMemory);
        BytesIn(server.DataFolder).ShouldBeLessThan(Size + (64L << 20));

        // A gigabyte of zeros is no video; it must end with a reason instead of being tried for ever.
        var settled = await Eventually.BecomesAsync(
            () => server.Client.GetStringAsync($"/api/video/{videoId}/status"),
            answer => answer.Contains("\"failed\"", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1)
        );
        settled.ShouldContain(videoId);
    }

    private static long BytesIn(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
