namespace Latchkey.Platform.Files;

/// <summary>
/// Where sources, segments, pictures and results live: the data folder, or an S3-compatible store.
/// Keys are relative, with <c>/</c> between parts, and made by us, never by a caller. Writing throws <see cref="StorageFullException"/>
/// when there is no room left.
/// </summary>
public interface IFileStore
{
    /// <summary>Length and change time of a file, or <c>null</c> when there is none.</summary>
    ValueTask<StoredFile?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Opens a file for reading at any offset, or <c>null</c> when there is none.</summary>
    ValueTask<IStoredFileReader?> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>Moves a finished local file in. The first writer of a key wins: <c>false</c> means that it was there, and the local file is gone.</summary>
    Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation);

    /// <summary>Moves a finished local file in, in place of what was there; readers see the old one or the new one, never a mixture.</summary>
    Task ReplaceAsync(string localPath, string key, CancellationToken cancellation);

    /// <summary>A file that grows at any offset, such as an upload; made when it is not there.</summary>
    Task<IGrowingFile> OpenGrowingAsync(string key, CancellationToken cancellation);

    /// <summary>Renames within the store; an existing target is replaced.</summary>
    Task MoveAsync(string key, string newKey, CancellationToken cancellation);

    /// <summary>A second name for the same bytes, without copying them where the store can.</summary>
    Task LinkAsync(string key, string newKey, CancellationToken cancellation);

    Task DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>Deletes everything below a prefix that ends at a <c>/</c>.</summary>
    Task DeleteTreeAsync(string prefix, CancellationToken cancellation);

    /// <summary>All keys below a prefix that ends at a <c>/</c>.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>What ffmpeg is given to read a file: a local path, or a loopback address that serves ranges of it.</summary>
    string InputFor(string key);

    /// <summary>Bytes that still fit, or <c>null</c> when the store has no end.</summary>
    long? FreeBytes();

    /// <summary>A new empty local folder for one attempt, on the volume of the store. What a crash leaves there is removed at the next start.</summary>
    ScratchFolder CreateScratch(string purpose);
}

/// <param name="ChangedAt">When the content last changed; part of its ETag.</param>
public sealed record StoredFile(string Key, long Length, DateTimeOffset ChangedAt);

/// <summary>Reads at any offset; safe to use from several requests at once.</summary>
public interface IStoredFileReader : IAsyncDisposable
{
    StoredFile File { get; }

    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation);
}

/// <summary>Writes at any offset, from several requests at once.</summary>
public interface IGrowingFile : IAsyncDisposable
{
    ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Sets the final length, and makes sure that what was written survives the death of the process.</summary>
    Task CompleteAsync(long length, CancellationToken cancellation);
}
