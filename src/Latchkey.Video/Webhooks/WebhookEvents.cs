namespace Latchkey.Video.Webhooks;

/// <summary>The events that webhooks can be told of.</summary>
internal static class WebhookEvents
{
    public const string QualityCompleted = "video.encoding.quality.completed";
    public const string SourceRecorded = "video.source.recorded";
    public const string CaptionGenerated = "video.caption.generated";
    public const string SummaryGenerated = "video.summary.generated";
    public const string BroadcastStarted = "live-stream.broadcast.started";
    public const string BroadcastEnded = "live-stream.broadcast.ended";

    public static readonly IReadOnlyList<string> All =
    [
        BroadcastStarted,
        BroadcastEnded,
        SourceRecorded,
        QualityCompleted,
        CaptionGenerated,
        SummaryGenerated,
    ];
}
