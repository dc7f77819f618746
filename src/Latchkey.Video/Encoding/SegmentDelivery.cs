using System.Collections.Concurrent;
using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding;

/// <summary>
/// Hands out the files of a plan, and sees that one is made when it is not there. What exists never touches a grain. Copied segments are
/// cut here and now, in milliseconds; encoded ones are waited for, ahead of everything else.
/// </summary>
internal sealed class SegmentDelivery(IGrainFactory grains, IFileStore files, LateFiles late, SegmentMaker maker, InitSegments inits)
{
    /// <summary>Longer than an encoder needs for one segment on a busy machine, shorter than a player's patience.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Copies under way on this node, so that a crowd at one segment makes it once.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task>> _copies = new();

    /// <returns><c>null</c> when it cannot be made, or not in time.</returns>
    public async ValueTask<IStoredFileReader?> OpenSegmentAsync(
        PlannedVideo video,
        string rendition,
        int segment,
        CancellationToken cancellation
    )
    {
        var key = VideoFiles.Segment(video.VideoId, video.Plan.Version, rendition, segment);

        return await files.OpenAsync(key, cancellation)
            ?? (await MakeAsync(video, rendition, segment, key, cancellation) ? await files.OpenAsync(key, cancellation) : null);
    }

    /// <summary>The init segment comes before the first segment of its rendition that is made.</summary>
    public async ValueTask<IStoredFileReader?> OpenInitAsync(PlannedVideo video, string rendition, CancellationToken cancellation)
    {
        var key = VideoFiles.Init(video.VideoId, video.Plan.Version, rendition);

        return await files.OpenAsync(key, cancellation)
            ?? (await MakeAsync(video, rendition, segment: null, key, cancellation) ? await files.OpenAsync(key, cancellation) : null);
    }

    /// <param name="segment"><c>null</c> is the init segment.</param>
    private async Task<bool> MakeAsync(PlannedVideo video, string rendition, int? segment, string key, CancellationToken cancellation)
    {
        if (video.MethodOf(rendition) == RenditionMethod.Copied)
        {
            // The copy serves everybody who waits, so one of them going away does not end it.
            var copy = _copies.GetOrAdd(key, _ => new Lazy<Task>(() => CopyAsync(video, rendition, segment ?? 0)));

            try
            {
                await copy.Value.WaitAsync(cancellation);
                return true;
            }
            finally
            {
                _copies.TryRemove(new(key, copy));
            }
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);

        try
        {
            return await grains
                .GetGrain<IEncodingGrain>(video.VideoId)
                .WaitForSegmentAsync(video.Plan.Version, rendition, segment, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task CopyAsync(PlannedVideo video, string rendition, int segment)
    {
        using var scratch = files.CreateScratch("copy");
        await using var source =
            await files.OpenAsync(video.SourceKey, CancellationToken.None) ?? throw new FileNotFoundException("The source is gone.");

        await maker.MakeAsync(
            video.Plan,
            new SourceInput(source, files.InputFor(video.SourceKey)),
            new RunRequest([rendition], segment, segment + 1, RunPriority.Waited)
            {
                KnownInits = await inits.ReadAsync(video, [rendition]),
            },
            scratch,
            made => PublishAsync(video, made),
            CancellationToken.None
        );

        await late.RemoveAsync(video.VideoId, CancellationToken.None);
    }

    private async ValueTask PublishAsync(PlannedVideo video, MadeSegment made) =>
        await files.PublishAsync(made.Path, VideoFiles.Of(video, made), CancellationToken.None);
}
