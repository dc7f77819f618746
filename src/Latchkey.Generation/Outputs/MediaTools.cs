using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Latchkey.Platform.Processes;

namespace Latchkey.Generation.Outputs;

/// <summary>Runs ffmpeg and ffprobe on one file, without a shell, under limits of memory, output and time.</summary>
internal sealed class MediaTools(TimeProvider time) : IDisposable
{
    /// <summary>Width and height of a preview are at most this.</summary>
    public const int PreviewPixels = 640;

    private const int AtOnce = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly ProcessLimits Limits = new()
    {
        MemoryBytes = 4L << 30,
        ProcessorTime = Patience,
        OutputBytes = 2L << 30,
    };

    private const string PreviewSeconds = "3";

    // H.264 wants even numbers.
    private static readonly string[] MovingPreview = ["-vf", "fps=12,scale='min(480,iw)':-2"];
    private static readonly string[] StillPreview =
    [
        "-frames:v",
        "1",
        "-vf",
        string.Create(
            CultureInfo.InvariantCulture,
            $"scale=w='min({PreviewPixels},iw)':h='min({PreviewPixels},ih)':force_original_aspect_ratio=decrease:flags=bilinear,format=yuv420p|yuva420p"
        ),
    ];

    // More effort makes it a sixth smaller, for half as much again of the time of all that it takes.
    private static readonly string[] StillEncoding = ["-c:v", "libwebp", "-compression_level", "1", "-quality", "75", "-f", "webp"];

    private readonly SemaphoreSlim _room = new(AtOnce);

    /// <returns>Width, height and seconds of a clip or a sound; <c>null</c> when ffprobe can make nothing of it.</returns>
    public async Task<ProbedMedia?> ProbeAsync(string path, string demuxer, CancellationToken cancellation)
    {
        var (isDone, output) = await RunAsync(
            "ffprobe",
            [
                "-v",
                "error",
                "-protocol_whitelist",
                "file",
                "-f",
                demuxer,
                "-show_entries",
                "format=duration:stream=codec_type,width,height",
                "-of",
                "json",
                "file:" + path,
            ],
            Nice.None,
            cancellation
        );

        return isDone ? Read(output) : null;
    }

    /// <summary>A JPEG of the clip's first moments, at most 640 pixels wide.</summary>
    public async Task<bool> MakePosterAsync(string path, string demuxer, string output, CancellationToken cancellation)
    {
        var (isDone, _) = await FfmpegAsync(
            [
                "-protocol_whitelist",
                "file",
                "-f",
                demuxer,
                "-i",
                "file:" + path,
                "-an",
                "-vf",
                "thumbnail=12,scale='min(640,iw)':-2",
                "-frames:v",
                "1",
                "-q:v",
                "4",
                "-f",
                "mjpeg",
                "file:" + output,
            ],
            Nice.None,
            cancellation
        );

        return isDone && HasContent(output);
    }

    /// <summary>The first seconds of a clip as a small MP4 without sound, or a small WebP of a picture.</summary>
    public async Task<bool> MakePreviewAsync(string path, MediaFormat format, string output, CancellationToken cancellation)
    {
        string[] encoding =
            format.Class == MediaClass.Clip
                ?
                [
                    .. MovingPreview,
                    "-c:v",
                    "libx264",
                    "-preset",
                    "veryfast",
                    "-crf",
                    "30",
                    "-pix_fmt",
                    "yuv420p",
                    "-movflags",
                    "+faststart",
                    "-f",
                    "mp4",
                ]
                : [.. StillPreview, .. StillEncoding];
        string[] first = format.Class == MediaClass.Clip ? ["-t", PreviewSeconds] : [];

        var (isDone, _) = await FfmpegAsync(
            [
                "-protocol_whitelist",
                "file",
                "-f",
                format.Demuxer,
                .. first,
                "-i",
                "file:" + path,
                "-an",
                "-sn",
                "-dn",
                .. encoding,
                "file:" + output,
            ],
            Nice.Background,
            cancellation
        );

        return isDone && HasContent(output);
    }

    /// <summary>The small WebPs of several pictures by one ffmpeg. Where that does not go well, nothing is made of any.</summary>
    public async Task MakeStillPreviewsAsync(IReadOnlyCollection<PreviewDraft> pictures, CancellationToken cancellation)
    {
        var (isDone, _) = await FfmpegAsync(
            [
                "-filter_threads",
                "1",
                .. pictures.SelectMany<PreviewDraft, string>(picture =>
                    ["-protocol_whitelist", "file", "-threads", "1", "-f", picture.Format.Demuxer, "-i", "file:" + picture.Path]
                ),
                .. pictures.SelectMany<PreviewDraft, string>(
                    (picture, number) =>
                        [
                            "-map",
                            string.Create(CultureInfo.InvariantCulture, $"{number}:v:0"),
                            .. StillPreview,
                            .. StillEncoding,
                            "file:" + picture.Preview,
                        ]
                ),
            ],
            Nice.Background,
            cancellation
        );

        foreach (var picture in pictures)
        {
            if (!isDone || !HasContent(picture.Preview))
                File.Delete(picture.Preview);
        }
    }

    /// <param name="nice">One of <see cref="Nice"/>.</param>
    public Task<(bool IsDone, string Output)> FfmpegAsync(IEnumerable<string> arguments, int nice, CancellationToken cancellation) =>
        RunAsync("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", .. arguments], nice, cancellation);

    public void Dispose() => _room.Dispose();

    private async Task<(bool IsDone, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        int nice,
        CancellationToken cancellation
    )
    {
        await _room.WaitAsync(cancellation);

        try
        {
            using var late = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
            using var process = await ChildProcess.StartAsync(program, arguments, Limits, nice);

            try
            {
                process.StandardInput.Close();
                var errors = process.StandardError.ReadToEndAsync(either.Token);
                var output = await process.StandardOutput.ReadToEndAsync(either.Token);
                await errors;
                await process.WaitForExitAsync(either.Token);

                return (process.ExitCode == 0, output);
            }
            catch (OperationCanceledException)
            {
                ChildProcess.Kill(process);
                cancellation.ThrowIfCancellationRequested();
                return (false, "");
            }
        }
        catch (Win32Exception)
        {
            // ffmpeg is not installed: check-env says so.
            return (false, "");
        }
        finally
        {
            _room.Release();
        }
    }

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    private static ProbedMedia? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var hasSeconds = root.TryGetProperty("format", out var format) && format.TryGetProperty("duration", out _);
            double? seconds = hasSeconds ? double.Parse(format.GetProperty("duration").GetString()!, CultureInfo.InvariantCulture) : null;

            foreach (var stream in root.GetProperty("streams").EnumerateArray())
            {
                if (stream.GetProperty("codec_type").GetString() == "video")
                    return new ProbedMedia(stream.GetProperty("width").GetInt32(), stream.GetProperty("height").GetInt32(), seconds);
            }

            return new ProbedMedia(null, null, seconds);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <param name="Width"><c>null</c> when there is no picture in it.</param>
internal sealed record ProbedMedia(int? Width, int? Height, double? Seconds);
