using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Encoding;

/// <summary>Makes <c>source.mp4</c>, the one file that is downloaded: no encoding, only repackaging, with the index in front.</summary>
internal sealed class Mp4Maker(FfmpegRunner ffmpeg)
{
    private const int BufferBytes = 256 << 10;

    /// <summary>
    /// From the source's own packets when they are H.264 and AAC and shown as they are; otherwise from the finished segments of the
    /// highest rendition and of the audio, which must all exist then.
    /// </summary>
    /// <param name="segments">Opens a finished file of a rendition: <c>init.mp4</c>, <c>{n}.m4s</c>.</param>
    /// <param name="progress">From 0 to 1.</param>
    /// <returns>The path of the file in the scratch folder.</returns>
    public async Task<string> MakeAsync(
        EncodingPlan plan,
        SourceInput source,
        Func<string, string, CancellationToken, ValueTask<IStoredFileReader>> segments,
        ScratchFolder scratch,
        IProgress<double>? progress,
        CancellationToken cancellation
    )
    {
        var output = scratch.File("source.mp4");
        var fromSource = NeedsSourceOnly(plan);
        List<string> arguments = [];

        if (fromSource)
        {
            arguments.AddRange([.. FfmpegArguments.Guard(FfmpegArguments.Demuxers), "-i", FfmpegArguments.File(source.Path)]);
            arguments.AddRange(["-map", $"0:{plan.Source.VideoStream}"]);

            if (plan.Audio is { } audio)
            {
                arguments.AddRange(["-map", $"0:{audio.Stream}"]);
            }
        }
        else
        {
            string[] renditions = plan.Audio is null ? [plan.Video[^1].Name] : [plan.Video[^1].Name, AudioRendition.FolderName];

            for (var i = 0; i < renditions.Length; i++)
            {
                var part = i;
                var joined = scratch.File($"{renditions[i]}.joined.mp4");
                await JoinAsync(
                    plan,
                    renditions[i],
                    joined,
                    segments,
                    done => progress?.Report((part + done) / renditions.Length / 2),
                    cancellation
                );
                arguments.AddRange([.. FfmpegArguments.Guard("mov"), "-i", FfmpegArguments.File(joined)]);
            }

            for (var i = 0; i < renditions.Length; i++)
            {
                arguments.AddRange(["-map", $"{i}:0"]);
            }
        }

        arguments.AddRange(["-c", "copy", "-map_metadata", "-1", "-f", "mp4", "-movflags", "+faststart", FfmpegArguments.File(output)]);

        await ffmpeg.RunAsync(
            arguments,
            Nice.Background,
            cancellation,
            seconds =>
            {
                var done = Math.Clamp(seconds / plan.DurationSeconds, 0, 1);
                progress?.Report(fromSource ? done : (1 + done) / 2);
            }
        );

        return output;
    }

    /// <summary>Whether <see cref="MakeAsync"/> needs the source alone, so that it can be made before any segment.</summary>
    public static bool NeedsSourceOnly(EncodingPlan plan) =>
        plan.Video[^1].Method == RenditionMethod.Copied && plan.Audio is null or { Method: RenditionMethod.Copied };

    /// <summary>A rendition's header and segments, one after the other, are a fragmented MP4.</summary>
    private static async Task JoinAsync(
        EncodingPlan plan,
        string rendition,
        string path,
        Func<string, string, CancellationToken, ValueTask<IStoredFileReader>> segments,
        Action<double> progress,
        CancellationToken cancellation
    )
    {
        await using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var buffer = new byte[BufferBytes];

        for (var n = -1; n < plan.SegmentCount; n++)
        {
            await using var reader = await segments(rendition, n < 0 ? MadeSegment.InitName : MadeSegment.NameOf(n), cancellation);

            for (long at = 0; await reader.ReadAsync(at, buffer, cancellation) is var read and > 0; at += read)
            {
                await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }

            progress((n + 1.0) / plan.SegmentCount);
        }
    }
}
