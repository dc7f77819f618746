namespace Latchkey.Architecture.Tests;

/// <summary>The files of the working copy that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "artifacts", "data", "dist", ".git"];

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static IReadOnlyList<string> Modules { get; } =
    [
        .. Directory
            .GetDirectories(Path.Combine(Root, "src"), "Latchkey.*")
            .Select(Path.GetFileName)
            .Where(name => name is not ("Latchkey" or "Latchkey.Platform"))!,
    ];

    /// <summary>Paths below the root, with <c>/</c> between parts.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Below(Path.Combine(Root, folder), pattern).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'));

    /// <summary>C# files that a person wrote.</summary>
    public static IEnumerable<string> Code(string folder) =>
        Files(folder, "*.cs").Where(path => !path.Contains("/Migrations/", StringComparison.Ordinal));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Below(string folder, string pattern) =>
        Directory
            .EnumerateFiles(folder, pattern)
            .Concat(
                Directory
                    .EnumerateDirectories(folder)
                    .Where(child => !NotOurs.Contains(Path.GetFileName(child)))
                    .SelectMany(child => Below(child, pattern))
            );

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Latchkey.slnx"))
            ? folder
            : FindRoot(
                Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests read the repository they were built in.")
            );
}
