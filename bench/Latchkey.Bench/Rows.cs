using System.Diagnostics;
using System.Globalization;

namespace Latchkey.Bench;

internal delegate Task<IReadOnlyList<(string Part, Finding Finding)>> Row(Server server);

/// <summary>All rows, each beside what does the same without us.</summary>
internal static class Rows
{
    private const int Minute = 60;
    private const int TenMinutes = 600;
    private const int TwoHours = 7200;
    private const int Pairs = 5;
    private const int AtOnce = 10;

    public static IEnumerable<(string Name, Row Row)> All(Sources sources, bool full)
    {
        int[] lengths = full ? [10, Minute, TenMinutes, TwoHours] : [10, Minute];
        int[] ladders = full ? [10, Minute, TenMinutes] : [10, Minute];

        yield return ("start", StartAsync);
        yield return (
            "first segment, copied",
            server => FirstSegmentsAsync(server, lengths, sources.H264Async, best: true, CopyAsync, 0.15)
        );
        yield return (
            "first segment, encoded",
            server => FirstSegmentsAsync(server, lengths, sources.HevcAsync, best: false, EncodeFirstAsync, 0.2)
        );
        yield return ("segment far in, encoded", server => FarInAsync(server, lengths[^1], sources.HevcAsync));
        yield return ("ten uploads at once, copied", server => AtOnceAsync(server, sources.H264Async, best: true, CopyAsync, 0.15));
        yield return ("ten uploads at once, encoded", server => AtOnceAsync(server, sources.HevcAsync, best: false, EncodeFirstAsync, 0.2));
        yield return ("ladder, H.264", server => LadderAsync(server, ladders, sources.H264Async));
        yield return ("ladder, HEVC", server => LadderAsync(server, ladders, sources.HevcAsync));
        yield return ("delivery", async server => await Delivery.MeasureAsync(server, await sources.H264Async(10)));
    }

    private static Task<IReadOnlyList<(string, Finding)>> StartAsync(Server server) =>
        Task.FromResult<IReadOnlyList<(string, Finding)>>([
            ("to ready, first start on an empty folder", Finding.Below(server.StartSeconds, "s", 2)),
            ("idle memory", Finding.Below(server.Memory, "MB", 200)),
        ]);

    /// <summary>From the last byte of an upload to the first segment that a player gets.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> FirstSegmentsAsync(
        Server server,
        int[] lengths,
        Func<int, Task<string>> source,
        bool best,
        Func<string, string, Task<double>> raw,
        double extra
    )
    {
        var findings = new List<(string, Finding)>();
        var minute = new List<double>();

        foreach (var length in lengths)
        {
            var path = await source(length);
            var (ours, theirs) = (new List<double>(), new List<double>());

            // The first one warms both sides up.
            for (var pair = 0; pair <= Pairs; pair++)
            {
                theirs.Add(await WithFolderAsync(folder => raw(path, folder)));
                var (videoId, lastByte) = await server.UploadAsync(path);
                _ = await server.SegmentAsync(videoId, best, at: 0);
                ours.Add(Stopwatch.GetElapsedTime(lastByte).TotalSeconds);
                await server.DeleteAsync(videoId);
                await server.IdleAsync();
            }

            ours.RemoveAt(0);
            theirs.RemoveAt(0);
            findings.Add(
                (Name(length), Finding.Times(ours, theirs, best ? "ffmpeg -c copy to HLS" : "ffmpeg, that segment alone", 1.5, extra))
            );

            if (length == Minute)
                minute = ours;
            else if (length > Minute)
                findings.Add((Name(length), Finding.Times(ours, minute, "ours of 60 s", 1.5)));
        }

        return findings;
    }

    /// <summary>A jump to seven eighths of a long film, right after its last byte.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> FarInAsync(Server server, int length, Func<int, Task<string>> source)
    {
        var path = await source(length);
        var plan = await RawEncoder.PlanAsync(path);
        var segment = plan.SegmentAt(length * 0.875);
        var (ours, theirs) = (new List<double>(), new List<double>());

        for (var pair = 0; pair <= Pairs; pair++)
        {
            theirs.Add(await WithFolderAsync(folder => RawEncoder.SmallestAsync(path, plan, segment, segment + 1, folder)));
            var (videoId, lastByte) = await server.UploadAsync(path);
            _ = await server.SegmentAsync(videoId, best: false, length * 0.875);
            ours.Add(Stopwatch.GetElapsedTime(lastByte).TotalSeconds);
            await server.DeleteAsync(videoId);
            await server.IdleAsync();
        }

        return [(Name(length), Finding.Times(ours[1..], theirs[1..], "ffmpeg, that segment alone", 1.5, 0.2))];
    }

    private static async Task<IReadOnlyList<(string, Finding)>> AtOnceAsync(
        Server server,
        Func<int, Task<string>> source,
        bool best,
        Func<string, string, Task<double>> raw,
        double extra
    )
    {
        var path = await source(10);
        var theirs = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WithFolderAsync(folder => raw(path, folder))));
        var ours = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => OneAsync()));

        return [("10 s", Finding.Times(ours, theirs, best ? "ten ffmpeg -c copy" : "ten ffmpeg, first segment", 1.5, extra))];

        async Task<double> OneAsync()
        {
            var (videoId, lastByte) = await server.UploadAsync(path);
            _ = await server.SegmentAsync(videoId, best, at: 0);
            return Stopwatch.GetElapsedTime(lastByte).TotalSeconds;
        }
    }

    /// <summary>Everything that we encode of a video, its picture and storyboard too, beside one ffmpeg that makes the same renditions.</summary>
    private static async Task<IReadOnlyList<(string, Finding)>> LadderAsync(Server server, int[] lengths, Func<int, Task<string>> source)
    {
        var findings = new List<(string, Finding)>();

        foreach (var length in lengths)
        {
            var path = await source(length);
            var plan = await RawEncoder.PlanAsync(path);
            var pairs = length >= Minute ? 1 : 3;
            var (ours, theirs) = (new List<(double Wall, double Cpu)>(), new List<(double Wall, double Cpu)>());

            for (var pair = 0; pair < pairs; pair++)
            {
                theirs.Add(await WithFolderAsync(folder => RawEncoder.LadderAsync(path, plan, folder)));
                await server.IdleAsync();
                var cpu = server.CpuSeconds;
                var (videoId, lastByte) = await server.UploadAsync(path);
                await server.SettledAsync(videoId);
                var wall = Stopwatch.GetElapsedTime(lastByte).TotalSeconds;
                await server.IdleAsync();
                ours.Add((wall, server.CpuSeconds - cpu));
            }

            findings.Add(
                (
                    $"{Name(length)}, wall",
                    Finding.Times([.. ours.Select(one => one.Wall)], [.. theirs.Select(one => one.Wall)], "one ffmpeg", 1.05)
                )
            );
            findings.Add(
                (
                    $"{Name(length)}, CPU",
                    Finding.Times([.. ours.Select(one => one.Cpu)], [.. theirs.Select(one => one.Cpu)], "one ffmpeg", 1.05)
                )
            );
        }

        return findings;
    }

    private static async Task<double> CopyAsync(string path, string folder) =>
        (
            await Ffmpeg.RunAsync(
                $"-i {path} -c copy -f hls -hls_time 4 -hls_playlist_type vod -hls_segment_type fmp4 {Path.Combine(folder, "all.m3u8")}"
            )
        ).Wall;

    private static async Task<double> EncodeFirstAsync(string path, string folder) =>
        await RawEncoder.SmallestAsync(path, await RawEncoder.PlanAsync(path), 0, 1, folder);

    private static async Task<T> WithFolderAsync<T>(Func<string, Task<T>> use)
    {
        var folder = Directory.CreateTempSubdirectory("latchkey-bench-").FullName;

        try
        {
            return await use(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name(int seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds} s");
}
