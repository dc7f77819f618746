using System.Collections.Concurrent;
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
        (await RunAsync(path, plan, [plan.Video.First(IsEncoded)], withAudio: false, from, to, folder)).Wall;

    public static Task<(double Wall, double Cpu)> LadderAsync(string path, EncodingPlan plan, string folder) =>
        RunAsync(
            path,
            plan,
            [.. plan.Video.Where(IsEncoded)],
            plan.Audio is { Method: RenditionMethod.Encoded },
            0,
            plan.SegmentCount,
            folder
        );

    private static Task<(double Wall, double Cpu)> RunAsync(
        string path,
        EncodingPlan plan,
        IReadOnlyList<VideoRendition> video,
        bool withAudio,
        int from,
        int to,
        string folder
    ) =>
        Ffmpeg.RunAsync(
            EncodeArguments.For(
                plan,
                path,
                video,
                withAudio,
                from,
                to,
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
