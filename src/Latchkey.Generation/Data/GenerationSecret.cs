namespace Latchkey.Generation.Data;

/// <summary>A key that the module made for itself, such as the one that signs links. Never shown, never logged.</summary>
internal sealed class GenerationSecret(string name, byte[] value)
{
    public string Name { get; private init; } = name;

    public byte[] Value { get; private init; } = value;
}
