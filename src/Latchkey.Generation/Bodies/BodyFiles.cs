using System.Globalization;
using Latchkey.Platform.Files;

namespace Latchkey.Generation.Bodies;

/// <summary>
/// The files that came in one request, on disk instead of in memory, and gone when this is disposed. In the request's JSON each stands as a
/// mark.
/// </summary>
internal sealed class BodyFiles(IFileStore store) : IDisposable
{
    /// <summary>More than any model takes.</summary>
    private const int Most = 32;

    // Made anew in each process and told to nobody: no caller's text can be taken for a mark.
    private static readonly string Prefix = $"file-{Guid.NewGuid():N}:";

    private readonly List<BodyFile> _files = [];
    private ScratchFolder? _scratch;

    /// <summary>A new file, still to be written.</summary>
    /// <exception cref="InvalidDataException">There are too many; the message is for the caller.</exception>
    public BodyFile Add(bool isDataUrl)
    {
        if (_files.Count == Most)
            throw new InvalidDataException($"The body may have at most {Most} files");

        _scratch ??= store.CreateScratch("generation");
        var number = _files.Count.ToString(CultureInfo.InvariantCulture);
        _files.Add(new BodyFile(Prefix + number, _scratch.File(number), isDataUrl));

        return _files[^1];
    }

    /// <returns>The file that a text of the JSON stands for; <c>null</c> when it stands for itself.</returns>
    public BodyFile? Find(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) ? _files.Find(file => file.Mark == text) : null;

    public void Dispose() => _scratch?.Dispose();
}

/// <param name="Mark">What stands for it in the JSON.</param>
/// <param name="Path">Of a local file.</param>
/// <param name="IsDataUrl">It holds the text of a data URL, not the bytes themselves.</param>
internal sealed record BodyFile(string Mark, string Path, bool IsDataUrl);
