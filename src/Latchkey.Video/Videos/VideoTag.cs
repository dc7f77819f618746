using Latchkey.Platform.Data;

namespace Latchkey.Video.Videos;

internal sealed class VideoTag(string videoId, string value, int position)
{
    public string VideoId { get; private init; } = videoId;

    public string Value { get; private init; } = value;

    public string ValueFolded { get; private init; } = Text.Fold(value);

    /// <summary>Tags come back in the order in which they were given.</summary>
    public int Position { get; private set; } = position;

    public void MoveTo(int position) => Position = position;
}
