namespace Latchkey.Video.Uploads;

/// <summary>A part whose bytes are safe: in the source file at <see cref="Offset"/>, or in a file of its own until its place is known.</summary>
/// <param name="number">n of <c>part n/N</c>; of a byte range its first byte.</param>
internal sealed class ReceivedPart(string sourceId, long number, long offset, long size, string? asideKey, DateTimeOffset receivedAt)
{
    public string SourceId { get; private init; } = sourceId;

    public long Number { get; private init; } = number;

    /// <summary>Where its bytes lie in the source file now; without meaning while they lie aside.</summary>
    public long Offset { get; private set; } = offset;

    public long Size { get; private init; } = size;

    /// <summary>Key of the file that holds it while it is not in the source file.</summary>
    public string? AsideKey { get; private set; } = asideKey;

    public DateTimeOffset ReceivedAt { get; private init; } = receivedAt;

    public long End => Offset + Size;

    public void MoveTo(long offset)
    {
        Offset = offset;
        AsideKey = null;
    }

    public void MoveAside(string key) => AsideKey = key;
}
