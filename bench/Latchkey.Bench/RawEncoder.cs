using System.Collections.Concurrent;
using System.Globalization;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Ffmpeg;
using Microsoft.Win32.SafeHandles;

namespace Latchkey.Bench;

/// <summary>One ffmpeg process with the very arguments that we give it, and nothing around it.</summary>
internal static class RawEncoder
{
    private static readonly ConcurrentDictionary<string, Task<EncodingPlan>> Plans = new(StringComparer.Ordinal);

    public static Task<EncodingPlan> PlanAsync(string path) => Plans.GetOrAdd(path, MakePlanAsync);

    /// <returns>Seconds on the wall.</returns>
    public static async Task<double> SmallestAsync(string path, EncodingPlan plan, int from, int to, string folder) =>
        (await RunAsync(path, plan, [plan.Video.First(IsEncoded)], [], from, to, folder)).Wall;

    /// <summary>Every quality from one decode, and no picture beside them.</summary>
    /// <returns>Seconds on the wall, and of all cores together.</returns>
    public static Task<(double Wall, double Cpu)> LadderAsync(string path, EncodingPlan plan, string folder) =>
        RunAsync(
            path,
            plan,
            [.. plan.Video.Where(IsEncoded)],
            [.. plan.AudioGroup().Where(audio => audio.Method == RenditionMethod.Encoded)],
            0,
            plan.SegmentCount,
            folder
        );

    /// <summary>A moving preview as one would ask ffmpeg for it, of the size and length of ours.</summary>
    /// <returns>Seconds of all cores together.</returns>
    public static async Task<double> PreviewAsync(string path, EncodingPlan plan, string folder)
    {
        const double LookSeconds = 0.6;
        var looks = Looks.Spread(plan, 0, 1, (int)Math.Clamp(plan.DurationSeconds / 2, 1, 6));
        var inputs = looks.SelectMany(segment =>
            new[] { "-threads", "1", "-ss", Seconds(plan.Seconds(segment)), "-t", Seconds(LookSeconds), "-i", path }
        );
        var streams = string.Concat(Enumerable.Range(0, looks.Count).Select(i => $"[{i}:v]"));

        return (
            await Ffmpeg.RunAsync([
                .. inputs,
                "-filter_complex",
                $"{streams}concat=n={looks.Count}:v=1,fps=10,scale=320:-2[v]",
                .. "-map [v] -c:v libwebp_anim -quality 55 -loop 0".Split(' '),
                Path.Combine(folder, "preview.webp"),
            ])
        ).Cpu;
    }

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private static Task<(double Wall, double Cpu)> RunAsync(
        string path,
        EncodingPlan plan,
        IReadOnlyList<VideoRendition> video,
        IReadOnlyList<AudioRendition> audio,
        int from,
        int to,
        string folder
    ) =>
        Ffmpeg.RunAsync(
            EncodeArguments.For(
                plan,
                path,
                video,
                audio,
                new RunRequest([], from, to, RunPriority.Waited),
                name => Path.Combine(folder, $"{name}.mp4"),
                tiles: null,
                threads: 0
            )
        );

    private static async Task<EncodingPlan> MakePlanAsync(string path)
    {
        await using var reader = new LocalFile(path);
        var runner = new FfmpegRunner(new FfmpegOptions(), TimeProvider.System);

        return PlanMaker.Make(
            await new SourceIndexer(runner).IndexAsync(new SourceInput(reader, path), CancellationToken.None),
            new PlanOptions()
        );
    }

    private static bool IsEncoded(VideoRendition rendition) => rendition.Method == RenditionMethod.Encoded;

    private sealed class LocalFile(string path) : IStoredFileReader
    {
        private readonly SafeFileHandle _handle = System.IO.File.OpenHandle(path);

        public StoredFile File { get; } = new(path, new FileInfo(path).Length, DateTimeOffset.UnixEpoch);

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) =>
            RandomAccess.ReadAsync(_handle, buffer, offset, cancellation);

        public ValueTask DisposeAsync()
        {
            _handle.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
