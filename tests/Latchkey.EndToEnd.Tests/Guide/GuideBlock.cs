using System.Text.RegularExpressions;
using Latchkey.EndToEnd.Tests.Running;

namespace Latchkey.EndToEnd.Tests.Guide;

/// <summary>
/// A fenced block of a document. Its mark says what is done with it: <c>run</c> (to its end), <c>serve</c> (it goes on until it is stopped) or
/// <c>check</c> (its grammar); <c>output</c> is what the block before it writes, with <c>…</c> for what differs.
/// </summary>
internal sealed partial record GuideBlock(string Language, string Mark, string Code)
{
    private static readonly string[] Marks = ["run", "serve", "check"];

    /// <summary>What a document has to be tried, each with the output that it should have.</summary>
    public static IReadOnlyList<(GuideBlock Block, string? Output)> Read(string document)
    {
        var blocks = Fence()
            .Matches(File.ReadAllText(Path.Combine(Folders.Repository, document)))
            .Select(match => new GuideBlock(match.Groups["language"].Value, match.Groups["mark"].Value, match.Groups["code"].Value))
            .ToList();

        return
        [
            .. blocks
                .Select(
                    (block, index) =>
                        (block, index + 1 < blocks.Count && blocks[index + 1].Mark == "output" ? blocks[index + 1].Code : null)
                )
                .Where(pair => Marks.Contains(pair.block.Mark)),
        ];
    }

    /// <summary>The program and the arguments that run it.</summary>
    public (string Program, string[] Arguments) Command =>
        (Language, Mark) switch
        {
            ("python", "check") => (Python, ["-c", "import ast, sys; ast.parse(sys.argv[1])", Code]),
            ("python", _) => (Python, ["-c", Code]),
            ("js", _) => ("node", ["--input-type=module", "--eval", Code]),
            ("bash", _) => ("bash", ["-euo", "pipefail", "-c", Code]),
            _ => throw new NotSupportedException($"Nobody knows how to run {Language}."),
        };

    // The modules of Debian's packages are for Debian's Python.
    private const string Python = "/usr/bin/python3";

    public static bool IsAsSaid(string output, string said) =>
        Regex.IsMatch(
            output.Trim(),
            "^" + Regex.Escape(said.Trim()).Replace("…", ".+", StringComparison.Ordinal) + "$",
            RegexOptions.None,
            TimeSpan.FromSeconds(1)
        );

    [GeneratedRegex(@"^```(?<language>\w+)(?: (?<mark>\w+))?\n(?<code>[\s\S]*?)^```", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
