namespace Latchkey.Video.Data;

/// <summary>A key that the module made for itself, such as the one of the private playback tokens. Never shown, never logged.</summary>
internal sealed class VideoSecret(string name, byte[] value, DateTimeOffset createdAt)
{
    public string Name { get; private init; } = name;

    public byte[] Value { get; private init; } = value;

    public DateTimeOffset CreatedAt { get; private init; } = createdAt;
}
