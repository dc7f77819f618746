namespace Latchkey.Video.Api;

/// <summary>A JSON attribute that may be absent, which is not the same as <c>null</c>: absent keeps a value, <c>null</c> unsets it.</summary>
internal readonly record struct Optional<T>(T Value)
{
    public bool IsGiven { get; private init; } = true;
}
