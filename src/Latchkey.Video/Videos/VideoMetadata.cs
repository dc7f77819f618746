namespace Latchkey.Video.Videos;

internal sealed class VideoMetadata(string videoId, string key, string value, int position)
{
    public string VideoId { get; private init; } = videoId;

    public string Key { get; private init; } = key;

    public string Value { get; private set; } = value;

    public int Position { get; private set; } = position;

    public void Set(string value, int position)
    {
        Value = value;
        Position = position;
    }
}
