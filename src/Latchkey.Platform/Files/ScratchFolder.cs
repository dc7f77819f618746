namespace Latchkey.Platform.Files;

/// <summary>A local folder that is deleted, with all it holds, when disposed.</summary>
public sealed class ScratchFolder(string path) : IDisposable
{
    public string Path { get; } = path;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Already gone: that is what was wanted.
        }
    }
}
