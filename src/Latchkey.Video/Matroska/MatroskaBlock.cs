using System.Runtime.InteropServices;

namespace Latchkey.Video.Matroska;

/// <summary>A block's header: which track, when, and where its frames lie.</summary>
/// <param name="Start">Position of the element.</param>
/// <param name="Cluster">Position of its cluster.</param>
/// <param name="Data">Position of what follows the header of four bytes or more: frames, behind the table of their sizes when there are several.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MatroskaBlock(
    long Track,
    long Time,
    bool IsKey,
    int Lacing,
    long Start,
    long Cluster,
    long Data,
    long Size
);

/// <summary>A frame of a block: where it lies.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MatroskaFrame(long Offset, int Size);
