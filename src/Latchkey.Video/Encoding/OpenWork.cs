namespace Latchkey.Video.Encoding;

/// <summary>How urgent the work is that nobody does yet.</summary>
/// <param name="Any">The most urgent of all, or <c>null</c> when there is none.</param>
/// <param name="Aside">The most urgent of what <see cref="EncodeSlot.Aside"/> takes.</param>
[GenerateSerializer, Immutable]
internal sealed record OpenWork([property: Id(0)] EncodePriority? Any, [property: Id(1)] EncodePriority? Aside)
{
    public static OpenWork None { get; } = new(null, null);

    public bool IsNone => Any is null && Aside is null;

    /// <summary>The most urgent of what a slot takes.</summary>
    public EncodePriority? For(EncodeSlot slot) =>
        slot switch
        {
            EncodeSlot.Aside => Aside,
            EncodeSlot.Kept => Any == EncodePriority.Waited ? Any : null,
            _ => Any,
        };
}
