using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding;

/// <summary>A source, in the two ways it is read: our own code at any offset, and ffmpeg by a path or a loopback address.</summary>
/// <param name="Path">What <see cref="IFileStore.InputFor"/> gave.</param>
internal sealed record SourceInput(IStoredFileReader File, string Path);
