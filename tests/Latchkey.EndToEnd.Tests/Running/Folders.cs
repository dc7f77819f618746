namespace Latchkey.EndToEnd.Tests.Running;

internal static class Folders
{
    /// <summary>Where the repository is: these tests run the program that was built beside them.</summary>
    public static string Repository { get; } = FindRepository(AppContext.BaseDirectory);

    public static string Clients => Path.Combine(Repository, "tests", "Latchkey.EndToEnd.Tests", "Clients");

    /// <summary>The program under test: the one that <c>LATCHKEY_BINARY</c> names, or the build of these tests' own configuration.</summary>
    public static string Binary =>
        Environment.GetEnvironmentVariable("LATCHKEY_BINARY") is { Length: > 0 } named
            ? named
            : Path.Combine(Repository, "artifacts", "bin", "Latchkey", Configuration, "latchkey");

    private static string Configuration => Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    private static string FindRepository(string folder) =>
        File.Exists(Path.Combine(folder, "Latchkey.slnx"))
            ? folder
            : FindRepository(
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("There is no Latchkey.slnx above the tests.")
            );
}

/// <summary>An empty folder that is gone when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("latchkey-e2e-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
