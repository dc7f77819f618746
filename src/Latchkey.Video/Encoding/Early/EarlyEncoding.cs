using System.Collections.Concurrent;
using Latchkey.Platform.Files;
using Latchkey.Video.Encoding.Index;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Encoding.Early;

/// <summary>What has arrived of a source whose upload still runs.</summary>
/// <param name="Length">Of the whole file, if it is known.</param>
internal sealed record EarlySource(string VideoId, string SourceKey, PlanOptions Options, ReceivedBytes Received, long? Length);

/// <summary>
/// Makes the first segments of a source from the bytes that have arrived, so that they are there at its last one. A favour, not a promise:
/// what it makes counts only if the whole file leads to the same plan, and nobody waits for it.
/// </summary>
internal sealed partial class EarlyEncoding(
    EarlyIndex index,
    SegmentMaker segments,
    EarlyFiles early,
    IFileStore files,
    TimeProvider time,
    ILogger<EarlyEncoding> logger
) : IDisposable
{
    /// <summary>What a viewer wants to see first, in the smallest rendition.</summary>
    private const double WantedSeconds = 10;

    /// <summary>An upload of which nothing came for so long may never end; if it goes on, it is begun anew.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, EarlyUpload> _uploads = new(StringComparer.Ordinal);

    /// <summary>One source at a time: uploads that arrive together have their turns when they have ended.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>How many uploads are followed.</summary>
    public int Count => _uploads.Count;

    /// <summary>More has arrived. Returns at once.</summary>
    public void Notice(EarlySource source)
    {
        if (!_uploads.ContainsKey(source.VideoId))
        {
            ForgetIdle();
        }

        var upload = _uploads.GetOrAdd(source.VideoId, _ => new EarlyUpload(source.SourceKey));
        upload.HeardOf(time.GetUtcNow());

        if (upload.SourceKey == source.SourceKey && upload.IsDue(source) && _turn.Wait(0, CancellationToken.None))
        {
            upload.Look(() => LookAsync(upload));
        }
    }

    /// <summary>The upload of a video has ended, well or badly, or the video is deleted: what is being made is dropped.</summary>
    public async Task EndAsync(string videoId)
    {
        if (_uploads.TryRemove(videoId, out var upload))
        {
            await upload.DisposeAsync();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void ForgetIdle()
    {
        var longAgo = time.GetUtcNow() - Remembered;

        foreach (var (videoId, _) in _uploads.Where(upload => upload.Value.LastHeardOf < longAgo))
        {
            _ = EndAsync(videoId);
        }
    }

    private async Task LookAsync(EarlyUpload upload)
    {
        // The caller is a request that has bytes to receive.
        await Task.Yield();

        try
        {
            while (upload.TakeDue() is { } source)
            {
                await LookAsync(upload, source);
            }
        }
        catch (OperationCanceledException) when (upload.Stopping.IsCancellationRequested)
        {
            // The upload ended first.
        }
        catch (Exception error) when (error is MediaException or IOException)
        {
            // The look at the whole file says what is wrong, if anything is.
            upload.GiveUp();
            Log.GivenUp(logger, upload.SourceKey, error.Message);
        }
        catch (Exception error)
        {
            upload.GiveUp();
            Log.Failed(logger, error, upload.SourceKey);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task LookAsync(EarlyUpload upload, EarlySource source)
    {
        await using var reader = await files.OpenAsync(source.SourceKey, upload.Stopping);

        if (reader is null)
        {
            return;
        }

        var input = new SourceInput(reader, files.InputFor(source.SourceKey));

        if (upload.Plan is null || upload.IsGuess)
        {
            await PlanAsync(upload, source, input);
        }

        if (upload.Plan is { } plan)
        {
            await MakeAsync(upload, source, input, plan);
        }
    }

    private async Task PlanAsync(EarlyUpload upload, EarlySource source, SourceInput input)
    {
        if (await index.TryAsync(input, source.Received, source.Length, upload.Stopping) is not { } found)
        {
            return;
        }

        var plan = PlanMaker.Make(found, source.Options);

        if (upload.Plan is { } earlier && !Enumerable.Range(0, upload.Made).All(segment => IsStillRight(earlier, segment)))
        {
            throw new MediaException(MediaFailure.Malformed, "The source went on otherwise than it began.");
        }

        await early.BeginAsync(source, plan, upload.Stopping);
        (upload.Plan, upload.IsGuess) = (plan, found.IsGuess);

        bool IsStillRight(EncodingPlan earlier, int segment) =>
            Renditions(earlier).All(rendition => PlanAgreement.OnSegment(earlier, plan, rendition, segment));
    }

    private async Task MakeAsync(EarlyUpload upload, EarlySource source, SourceInput input, EncodingPlan plan)
    {
        var renditions = Renditions(plan);
        var received = new ReceivedFile(input.File, source.Received, source.Length);
        var extents = await SegmentExtents.OpenAsync(plan, received, upload.Stopping);
        var (from, end) = (upload.Made, Math.Min(plan.SegmentAt(WantedSeconds) + 1, plan.SegmentCount));
        var to = from;

        while (to < end && source.Received.Covers(extents.Of(to)))
        {
            to++;
        }

        if (to > from && renditions.Length > 0)
        {
            using var scratch = files.CreateScratch("early");
            var run = new RunRequest(renditions, from, to, RunPriority.Background) { KnownInits = upload.Inits };
            await segments.MakeAsync(plan, input, run, scratch, made => early.KeepAsync(source, made, upload), upload.Stopping);
            upload.Made = to;
        }

        if (renditions.Length == 0 || upload.Made == end)
        {
            upload.GiveUp();
        }
    }

    private static string[] Renditions(EncodingPlan plan) =>
        [
            .. plan.Video.Where(rendition => rendition.Method == RenditionMethod.Encoded).Take(1).Select(rendition => rendition.Name),
            .. plan.Audio is { Method: RenditionMethod.Encoded } ? [AudioRendition.FolderName] : Array.Empty<string>(),
        ];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "{SourceKey} is not begun before its upload ends: {Reason}")]
        public static partial void GivenUp(ILogger logger, string sourceKey, string reason);

        [LoggerMessage(LogLevel.Error, "{SourceKey} could not be begun before its upload ended")]
        public static partial void Failed(ILogger logger, Exception error, string sourceKey);
    }
}
