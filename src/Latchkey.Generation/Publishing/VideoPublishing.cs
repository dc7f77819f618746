using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Platform.Files;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Publishing;

/// <summary>Offers finished clips to the video platform, for orders with <c>publish: true</c>. Once in the cluster, by the timetable.</summary>
internal sealed partial class VideoPublishing(
    IDbContextFactory<GenerationDb> databases,
    IEnumerable<IVideoSink> sinks,
    IFileStore files,
    ILogger<VideoPublishing> logger
)
{
    private const int Attempts = 5;
    private const int AtOnce = 10;
    private const int LongestTitle = 100;

    private readonly IVideoSink? _sink = sinks.FirstOrDefault();

    /// <summary>Whether the clip is still to be offered, so that its local file must stay.</summary>
    public bool IsAwaited(GenerationJob job) =>
        _sink is not null
        && job is { Publish: true, State: JobState.Succeeded, PublishedVideoId: null, DeletedAt: null, PublishAttempts: < Attempts };

    /// <summary>An order that cannot be published is made all the same: whoever ordered it is told, and so is the operator.</summary>
    /// <returns>The delivery as it can be, and the warning.</returns>
    public (OrderDelivery Delivery, string? Warning) Consider(OrderDelivery asked, CatalogueModel model)
    {
        if (!asked.Publish || (_sink is not null && model.Kind == MediaKind.Video))
            return (asked, null);

        if (model.Kind == MediaKind.Image)
            return (asked with { Publish = false }, "publish was not used: only clips are published");

        Log.NothingToPublishTo(logger, model.Id);
        return (asked with { Publish = false }, "publish was not used: the Video module is off (LATCHKEY_MODULES)");
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (_sink is null)
            return;

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var jobs = await db
            .Jobs.AsNoTracking()
            .Where(job => job.Publish && job.State == JobState.Succeeded && job.PublishedVideoId == null && job.PublishAttempts < Attempts)
            .OrderBy(job => job.EndedAt)
            .Take(AtOnce)
            .ToListAsync(cancellation);

        foreach (var job in jobs)
            await PublishAsync(db, _sink, job, cancellation);
    }

    private async Task PublishAsync(GenerationDb db, IVideoSink sink, GenerationJob job, CancellationToken cancellation)
    {
        var output = await db.Outputs.AsNoTracking().FirstOrDefaultAsync(row => row.JobId == job.Id && row.Index == 0, cancellation);
        var mine = db.Jobs.Where(row => row.Id == job.Id);
        await mine.ExecuteUpdateAsync(row => row.SetProperty(its => its.PublishAttempts, its => its.PublishAttempts + 1), cancellation);

        if (output is null)
            return;

        try
        {
            var title = job.Prompt.Length is 0 ? job.ModelName : job.Prompt;
            title =
                title.Length <= LongestTitle
                    ? title
                    : title[..(char.IsHighSurrogate(title[LongestTitle - 1]) ? LongestTitle - 1 : LongestTitle)];
            var videoId = await sink.PublishAsync(title, files.InputFor(output.FileKey), cancellation);
            await mine.ExecuteUpdateAsync(row => row.SetProperty(its => its.PublishedVideoId, videoId), cancellation);
        }
        catch (HttpRequestException failure)
        {
            Log.NotPublished(logger, job.Id, failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "An order of {Model} asks for publish, but the Video module is off (LATCHKEY_MODULES): the clip stays in the library"
        )]
        public static partial void NothingToPublishTo(ILogger logger, string model);

        [LoggerMessage(LogLevel.Warning, "The clip of job {JobId} was not taken by the Video module: {Problem}")]
        public static partial void NotPublished(ILogger logger, string jobId, string problem);
    }
}
