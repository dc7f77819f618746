namespace Latchkey.Platform.Files;

/// <summary>The file store has no room left. Unhandled in a request, it is answered with 507.</summary>
public sealed class StorageFullException(Exception? inner = null) : IOException("The file store has no room left.", inner)
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT

    /// <summary>Whether a failure to write says that there is no room, or no quota, left.</summary>
    public static bool IsFull(IOException exception) =>
        exception is not StorageFullException && exception.HResult is NoSpaceLeft or QuotaExceeded;
}
