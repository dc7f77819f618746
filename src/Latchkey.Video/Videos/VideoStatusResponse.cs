using System.Text.Json.Serialization;
using Latchkey.Video.Encoding;
using Latchkey.Video.Uploads;

namespace Latchkey.Video.Videos;

/// <param name="Ingest">Left out before there is an upload: the C# and Java clients insist.</param>
internal sealed record VideoStatusResponse(IngestStatusResponse? Ingest, EncodingStatusResponse Encoding);

internal sealed record IngestStatusResponse
{
    /// <summary>One of <c>uploading uploaded ingesting ingested</c>: clients know no other.</summary>
    public required string Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? Filesize { get; init; }

    public required IReadOnlyList<ReceivedBytesResponse> ReceivedBytes { get; init; }
    public required ReceivedPartsResponse ReceivedParts { get; init; }

    /// <summary>Ours: the named reason why the source could not be had.</summary>
    public string? FailureReason { get; init; }

    public static IngestStatusResponse From(VideoSource source) =>
        new()
        {
            Status = source switch
            {
                { State: SourceState.Uploading } => "uploading",
                { State: SourceState.Importing or SourceState.Failed } => "ingesting",
                { Mode: SourceMode.Url or SourceMode.Copy } => "ingested",
                _ => "uploaded",
            },
            Filesize = source.Size,
            ReceivedBytes = source.Mode == SourceMode.Bytes ? RangesOf(source) : [],
            ReceivedParts =
                source.Mode == SourceMode.Parts
                    ? new([.. source.Parts.Select(part => part.Number).Order()], source.TotalParts)
                    : new([], null),
            FailureReason = source.FailureReason,
        };

    private static List<ReceivedBytesResponse> RangesOf(VideoSource source) =>
        [
            .. source
                .Parts.OrderBy(part => part.Number)
                .Select(part => new ReceivedBytesResponse(part.Number, part.Number + part.Size - 1, source.TotalBytes ?? source.Size)),
        ];
}

/// <param name="To">The last byte, itself included.</param>
internal sealed record ReceivedBytesResponse(long From, long To, long? Total);

internal sealed record ReceivedPartsResponse(
    IReadOnlyList<long> Parts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Total
);
