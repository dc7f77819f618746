using Latchkey.Video.Api;

namespace Latchkey.Video.Uploads;

/// <summary>What a piece must keep to: by itself, beside what is there already, and once its length is known.</summary>
internal static class RangeRules
{
    public const long SmallestPiece = 5L * 1024 * 1024;
    public const long LargestRange = 200L * 1024 * 1024;
    public const int MostParts = 10_000;
    public const long MostBytes = 52_428_800_000;

    /// <summary>What can be said of the header alone.</summary>
    public static Problem? Check(ContentRange range) => range.Mode == SourceMode.Parts ? CheckPart(range) : CheckBytes(range);

    /// <summary>What can be said once the video's source is known.</summary>
    /// <param name="range"><c>null</c> for a whole body.</param>
    public static Problem? CheckBeside(ContentRange? range, VideoSource? source) =>
        source switch
        {
            null or { State: SourceState.Failed } => null,
            { Mode: SourceMode.Url } => Problems.AlreadyDownloaded(),
            { Mode: SourceMode.Copy } => Problems.AlreadyCopied(),
            { State: SourceState.Uploaded } => Problems.AlreadyUploaded(),
            _ when range is null => Problems.RangeAlreadyInitiated(),
            { Mode: SourceMode.Parts } => range.Mode == SourceMode.Parts ? CheckPartBeside(range, source) : Problems.RangeStartedWithPart(),
            _ => range.Mode == SourceMode.Bytes ? CheckBytesBeside(range, source) : Problems.RangeStartedWithBytes(),
        };

    /// <summary>What can be said once all its bytes are there.</summary>
    public static Problem? CheckLength(ContentRange range, long length) =>
        range.Mode == SourceMode.Bytes
            ? length == range.Length
                ? null
                : Problems.RangeMismatch()
            : length >= SmallestPiece || range.IsLast
                ? null
                : Problems.PartTooSmall(SmallestPiece);

    private static Problem? CheckPart(ContentRange range) =>
        range.Number == 0 ? Problems.PartZero()
        : range.Total == 0 ? Problems.TotalPartsZero()
        : range.Number > MostParts ? Problems.PartTooHighAllowed(MostParts)
        : range.Total > MostParts ? Problems.TotalPartsTooHigh(MostParts)
        : range.Number > range.Total ? Problems.PartTooHighTotal()
        : null;

    private static Problem? CheckPartBeside(ContentRange range, VideoSource source)
    {
        if (source.TotalParts is { } told)
        {
            if (range.Total is { } total && total != told)
                return Problems.DifferentTotalParts();
            if (range.Number > told)
                return Problems.PartTooHighTotal();
        }

        return source.Parts.Any(part => part.Number == range.Number) ? Problems.PartAlreadySent()
            : source.Parts.Any(part => part.Number > range.Total) ? Problems.TotalPartsTooLow()
            : null;
    }

    private static Problem? CheckBytes(ContentRange range) =>
        range.Total == 0 ? Problems.TotalBytesZero()
        : range.Total > MostBytes ? Problems.TotalBytesTooHigh(MostBytes)
        : range.Number > range.Last ? Problems.FromByteTooHigh()
        : range.Last >= MostBytes ? Problems.ToByteTooHighAllowed(MostBytes - 1)
        : range.Last >= range.Total ? Problems.ToByteTooHighTotal()
        : range.Length > LargestRange ? Problems.RangeTooLarge(LargestRange)
        : range.Length < SmallestPiece && !range.IsLast ? Problems.RangeTooSmall(SmallestPiece)
        : null;

    private static Problem? CheckBytesBeside(ContentRange range, VideoSource source)
    {
        if (source.TotalBytes is { } told)
        {
            if (range.Total is { } total && total != told)
                return Problems.DifferentTotalBytes();
            if (range.Last >= told)
                return Problems.ToByteTooHighTotal();
        }

        return source.Parts.Any(part => part.Number <= range.Last && range.Number < part.Number + part.Size) ? Problems.RangeOverlap()
            : source.Parts.Any(part => part.Number + part.Size > range.Total) ? Problems.TotalBytesTooLow()
            : null;
    }
}
