using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;

namespace Latchkey.Video.Storage;

/// <summary>
/// The floor of free disk that is kept for what must go on: rows, and segments that a viewer waits for. Below it no upload is taken and
/// background encoding pauses; above it both go on by themselves.
/// </summary>
internal sealed class StorageRoom(IFileStore files, LatchkeySettings settings)
{
    /// <summary>What one run writes, and gives back when it fails, is far less: with more than this free, the disk was not full.</summary>
    private const long FullBelow = 1L << 30;

    private readonly long _floor = settings.Long(VideoSettings.MinFreeDisk);

    /// <summary>Whether less is free than is to be kept.</summary>
    public bool IsShort => !Fits(0);

    /// <summary>Whether a write that failed for want of room may have failed for that, as far as one can see after it cleared away.</summary>
    public bool MayHaveRunOut => files.FreeBytes() is { } free && free < Math.Max(_floor, FullBelow);

    /// <summary>Whether so many bytes more leave the floor free.</summary>
    public bool Fits(long bytes) => files.FreeBytes() is not { } free || free - bytes >= _floor;

    /// <exception cref="StorageFullException">They do not fit.</exception>
    public void Claim(long bytes)
    {
        if (!Fits(bytes))
        {
            throw new StorageFullException();
        }
    }
}
