using Latchkey.Platform.Files;
using Latchkey.Platform.Processes;
using Latchkey.Video.Encoding.Copying;
using Latchkey.Video.Encoding.Storyboards;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Makes segments: copied ones by our own writer, all encoded ones of a run by one ffmpeg that decodes once.</summary>
internal sealed class SegmentMaker(FfmpegRunner ffmpeg)
{
    /// <summary>How often the files that ffmpeg writes are looked at. Looking costs a system call a file.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>The same where nobody waits: over an hour of encoding, looking often costs more than it gives.</summary>
    private static readonly TimeSpan SeldomGlance = TimeSpan.FromMilliseconds(100);

    private readonly RecentCopySources _recent = new();

    /// <summary>
    /// Makes the segments <c>[From, To)</c> of the renditions asked for into the scratch folder, telling <paramref name="made"/> of each file as
    /// soon as it is whole, one call at a time. A rendition's <c>init.mp4</c> is told of before its first segment. The callee may move the file away.
    /// </summary>
    /// <exception cref="MediaException">What could not be made; segments told of before stay good.</exception>
    public async Task MakeAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        CancellationToken cancellation
    )
    {
        if (run.From < 0 || run.From >= run.To || run.To > plan.SegmentCount)
        {
            throw new ArgumentException($"The plan has no segments {run.From} to {run.To}.", nameof(run));
        }

        var video = plan.Video.Where(rendition => run.Renditions.Contains(rendition.Name)).ToList();
        var audio = plan.AudioGroup().Where(rendition => run.Renditions.Contains(rendition.Folder)).ToList();

        await CopyAsync(plan, source, run, scratch, made, video, audio, cancellation);
        await EncodeInAttemptsAsync(plan, source, run, scratch, made, video, audio, cancellation);

        if (run.Renditions.Contains(Storyboard.FolderName) && !NeedsEncoder(video))
        {
            await new KeyframeTiles(ffmpeg).MakeAsync(plan, source, run, scratch, made, cancellation);
        }
    }

    /// <summary>Where nobody has seen the frames before, some may turn out to lie elsewhere than was thought.</summary>
    private async Task EncodeInAttemptsAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        List<VideoRendition> video,
        List<AudioRendition> audio,
        CancellationToken cancellation
    )
    {
        var told = new HashSet<(string, int?)>();
        List<string> encoded =
        [
            .. video.Where(rendition => rendition.Method == RenditionMethod.Encoded).Select(rendition => rendition.Name),
            .. audio.Where(rendition => rendition.Method == RenditionMethod.Encoded).Select(rendition => rendition.Folder),
        ];

        var (from, to, reading) = (run.From, run.To, SourceReading.Usual);

        while (from < run.To)
        {
            try
            {
                await EncodeAsync(
                    plan,
                    source,
                    run with
                    {
                        From = from,
                        To = to,
                    },
                    reading,
                    scratch,
                    TellOnceAsync,
                    video,
                    audio,
                    cancellation
                );
                (from, to, reading) = (to, run.To, SourceReading.Usual);
            }
            catch (MediaException problem)
                when (problem.Reason == MediaFailure.Undecodable && !plan.KnowsFrames && reading != SourceReading.Holding)
            {
                while (encoded.TrueForAll(rendition => run.StartOf(rendition) > from || told.Contains((rendition, from))))
                {
                    (from, reading) = (from + 1, SourceReading.Usual);
                }

                reading = reading == SourceReading.Usual ? SourceReading.FromFurtherBack : SourceReading.Holding;
                to = reading == SourceReading.Holding ? from + 1 : run.To;
            }
        }

        async ValueTask TellOnceAsync(MadeSegment segment)
        {
            if (told.Add((segment.Rendition, segment.Number)))
            {
                await made(segment);
            }
            else
            {
                File.Delete(segment.Path);
            }
        }
    }

    private static bool NeedsEncoder(List<VideoRendition> video) => video.Exists(rendition => rendition.Method == RenditionMethod.Encoded);

    private async Task CopyAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        List<VideoRendition> video,
        List<AudioRendition> audio,
        CancellationToken cancellation
    )
    {
        var copied = video.Where(rendition => rendition.Method == RenditionMethod.Copied).ToList();
        var sounds = audio.Where(rendition => rendition.Method == RenditionMethod.Copied).ToList();

        if (copied.Count == 0 && sounds.Count == 0)
        {
            return;
        }

        var segments = new CopiedSegments(plan, await _recent.GetAsync(source.File, cancellation), source.File);

        foreach (var sound in sounds)
        {
            await TellOfInitAsync(sound.Folder, segments.AudioInit(sound));
        }

        foreach (var rendition in copied)
        {
            await TellOfInitAsync(rendition.Name, segments.VideoInit(rendition));
        }

        for (var number = run.From; number < run.To; number++)
        {
            foreach (var sound in sounds)
            {
                var file = FileOf(sound.Folder, number);
                await segments.WriteAudioAsync(sound, number, file, cancellation);
                await made(new MadeSegment(sound.Folder, number, file));
            }

            foreach (var rendition in copied)
            {
                var file = FileOf(rendition.Name, number);
                await segments.WriteVideoAsync(rendition, number, file, cancellation);
                await made(new MadeSegment(rendition.Name, number, file));
            }
        }

        string FileOf(string rendition, int number) => scratch.File($"{rendition}-{MadeSegment.NameOf(number)}");

        Task TellOfInitAsync(string rendition, byte[] init) => InitFile.TellAsync(rendition, init, run, scratch, made).AsTask();
    }

    private async Task EncodeAsync(
        EncodingPlan plan,
        SourceInput source,
        RunRequest run,
        SourceReading reading,
        ScratchFolder scratch,
        Func<MadeSegment, ValueTask> made,
        List<VideoRendition> video,
        List<AudioRendition> audio,
        CancellationToken cancellation
    )
    {
        var encoded = video.Where(rendition => rendition.Method == RenditionMethod.Encoded && IsIn(rendition.Name)).ToList();
        var sounds = audio.Where(rendition => rendition.Method == RenditionMethod.Encoded && IsIn(rendition.Folder)).ToList();

        if (encoded.Count == 0 && sounds.Count == 0)
        {
            return;
        }

        var cutters = new List<SegmentCutter>();
        var tiles =
            encoded.Count > 0 && run.Renditions.Contains(Storyboard.FolderName) && IsIn(Storyboard.FolderName)
                ? new TileFolder(plan, From(Storyboard.FolderName), Directory.CreateDirectory(scratch.File("tiles")).FullName)
                : null;

        try
        {
            cutters.AddRange(
                encoded.Select(rendition => new VideoCutter(
                    rendition,
                    plan,
                    From(rendition.Name),
                    scratch,
                    OutputOf(rendition.Name),
                    reading
                ))
            );

            cutters.AddRange(sounds.Select(sound => new AudioCutter(sound, plan, From(sound.Folder), scratch, OutputOf(sound.Folder))));

            await FollowAsync(
                cutters,
                tiles,
                run.Priority == RunPriority.Background ? SeldomGlance : Glance,
                stop =>
                    ffmpeg.RunAsync(
                        EncodeArguments.For(
                            plan,
                            source.Path,
                            encoded,
                            sounds,
                            run,
                            OutputOf,
                            tiles?.Path,
                            run.Priority == RunPriority.Background ? ffmpeg.Options.Threads : ffmpeg.Options.UrgentThreads,
                            reading
                        ),
                        run.Priority switch
                        {
                            RunPriority.Waited => Nice.None,
                            RunPriority.First => Nice.First,
                            _ => Nice.Background,
                        },
                        stop
                    ),
                made,
                cancellation
            );
        }
        finally
        {
            cutters.ForEach(cutter => cutter.Dispose());
            cutters.ForEach(cutter => File.Delete(cutter.Path));
        }

        bool IsIn(string rendition) => run.StartOf(rendition) < run.To;

        RunRequest From(string rendition) => run with { From = run.StartOf(rendition) };

        string OutputOf(string rendition) => scratch.File($"{rendition}.growing.mp4");
    }

    private async Task FollowAsync(
        List<SegmentCutter> cutters,
        TileFolder? tiles,
        TimeSpan glance,
        Func<CancellationToken, Task> encode,
        Func<MadeSegment, ValueTask> made,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var encoding = encode(stop.Token);

        try
        {
            while (!encoding.IsCompleted)
            {
                await Task.WhenAny(encoding, Task.Delay(glance, ffmpeg.Time, CancellationToken.None));
                await FollowAllAsync(ended: false);
            }
        }
        catch
        {
            await stop.CancelAsync();
            await encoding.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        await encoding;
        await FollowAllAsync(ended: true);

        if (cutters.Find(cutter => !cutter.IsDone) is { } unfinished)
        {
            throw unfinished.Missing();
        }

        async ValueTask FollowAllAsync(bool ended)
        {
            foreach (var cutter in cutters)
            {
                await cutter.FollowAsync(ended, made);
            }

            if (tiles is not null)
            {
                await tiles.FollowAsync(made);
            }
        }
    }
}
