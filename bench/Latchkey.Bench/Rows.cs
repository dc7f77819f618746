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
    private const int Starts = 7;
    private const int WarmingUp = 3;

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

    private static async Task<IReadOnlyList<(string, Finding)>> StartAsync(Server server)
    {
        // This one was asked by a client that was just starting, too.
        var (seconds, memory) = (new List<double>(), server.Memory);

        for (var start = 0; start < Starts; start++)
        {
            await using var another = await server.StartAnotherAsync();
            seconds.Add(another.StartSeconds);
        }

        return [("to ready, first start on an empty folder", Finding.Below(seconds, 2)), ("idle memory", Finding.Below(memory, "MB", 200))];
    }

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
                (Name(length), Finding.Pairs(ours, theirs, best ? "ffmpeg -c copy to HLS" : "ffmpeg, that segment alone", 1.5, extra))
            );

            if (length == Minute)
                minute = ours;
            else if (length > Minute)
                findings.Add((Name(length), Finding.Times(ours, minute, "ours of 60 s", length == TenMinutes ? 1.5 : null)));
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

        return [(Name(length), Finding.Pairs(ours[1..], theirs[1..], "ffmpeg, that segment alone", 1.5, 0.2))];
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

    /// <summary>
    /// Every quality of a video, and on our side the poster and the storyboard's tiles too, beside one ffmpeg that makes the same qualities from one
    /// decode and nothing else. What is made after that, the preview and the storyboard's sheets, is told apart.
    /// </summary>
    private static async Task<IReadOnlyList<(string, Finding)>> LadderAsync(Server server, int[] lengths, Func<int, Task<string>> source)
    {
        var findings = new List<(string, Finding)>();

        // A server that has just started spends seconds on its own code; that is no part of a ladder.
        for (var i = 0; i < WarmingUp; i++)
            _ = await OursAsync(server, await source(lengths[0]));

        foreach (var length in lengths)
        {
            var path = await source(length);
            var plan = await RawEncoder.PlanAsync(path);
            var pairs =
                length < Minute ? 5
                : length < TenMinutes ? 3
                : 1;
            var (ours, theirs) = (new List<Ladder>(), new List<Ladder>());

            for (var pair = 0; pair < pairs; pair++)
            {
                var (wall, cpu) = await WithFolderAsync(folder => RawEncoder.LadderAsync(path, plan, folder));
                theirs.Add(new Ladder(wall, cpu, await WithFolderAsync(folder => RawEncoder.PreviewAsync(path, plan, folder))));
                ours.Add(await OursAsync(server, path));
            }

            Tell("wall", "one ffmpeg", 1.05, ladder => ladder.Wall);
            Tell("CPU", "one ffmpeg", 1.05, ladder => ladder.Cpu);
            Tell("CPU of preview and storyboard sheets", "ffmpeg, a preview", null, ladder => ladder.AfterwardsCpu);

            void Tell(string what, string beside, double? factor, Func<Ladder, double> figure) =>
                findings.Add(
                    ($"{Name(length)}, {what}", Finding.Pairs([.. ours.Select(figure)], [.. theirs.Select(figure)], beside, factor))
                );
        }

        return findings;
    }

    private static async Task<Ladder> OursAsync(Server server, string path)
    {
        await server.IdleAsync();
        var before = server.CpuSeconds;
        var (videoId, lastByte) = await server.UploadAsync(path);
        await server.SettledAsync(videoId);
        var (wall, settled) = (Stopwatch.GetElapsedTime(lastByte).TotalSeconds, server.CpuSeconds);
        await server.IdleAsync();

        return new Ladder(wall, settled - before, server.CpuSeconds - settled);
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

    /// <param name="AfterwardsCpu">For the pictures that come after it.</param>
    private sealed record Ladder(double Wall, double Cpu, double AfterwardsCpu);
}
