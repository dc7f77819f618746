using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Latchkey.Architecture.Tests;

/// <summary>What the text of the code must keep to.</summary>
public partial class CodeTests
{
    private const int LongestFile = 500;
    private const int LongestProgram = 40;
    private const int DeepestFolder = 2;

    [Fact]
    public void Cannot_ask_the_machine_for_the_time() => Findings(MachineClock(), "src", "tests").ShouldBeEmpty();

    [Fact]
    public void Cannot_sleep_in_a_test() => Findings(Sleep(), "tests").ShouldBeEmpty();

    [Fact]
    public void Cannot_sleep_by_the_machine_clock_in_the_product() => Findings(ThreadSleep(), "src").ShouldBeEmpty();

    [Fact]
    public void Cannot_write_a_file_that_nobody_reads_to_its_end() =>
        Repository
            .Code("src")
            .Concat(Repository.Code("tests"))
            .Select(path => (Path: path, Lines: Repository.Lines(path).Length))
            .Where(file => file.Lines >= LongestFile)
            .ShouldBeEmpty();

    [Fact]
    public void Cannot_grow_the_program_beyond_a_screen() =>
        Repository.Lines("src/Latchkey/Program.cs").Length.ShouldBeLessThan(LongestProgram);

    [Fact]
    public void Cannot_nest_folders_deeper_than_two_in_a_module() =>
        Repository
            .Code("src")
            .Where(path => path.Split('/').Length - "src/project/File.cs".Split('/').Length > DeepestFolder)
            .ShouldBeEmpty();

    [Fact]
    public void Cannot_call_a_test_anything_but_what_can_or_cannot_be_done() =>
        Repository
            .Code("tests")
            .SelectMany(path => TestName().Matches(Repository.Text(path)).Select(match => $"{path}: {match.Groups["name"].Value}"))
            .Where(test => !GoodTestName().IsMatch(test))
            .ShouldBeEmpty();

    private static IEnumerable<string> Findings(Regex pattern, params string[] folders) =>
        folders
            .SelectMany(Repository.Code)
            .Where(path => !path.EndsWith($"/{nameof(CodeTests)}.cs", StringComparison.Ordinal))
            .SelectMany(path => Repository.Lines(path).Select((line, index) => (Place: $"{path}:{index + 1}", Line: line)))
            .Where(line => pattern.IsMatch(line.Line))
            .Select(line => $"{line.Place} {line.Line.Trim()}");

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex MachineClock();

    [GeneratedRegex(@"\bThread\.Sleep\b|\bTask\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex ThreadSleep();

    [GeneratedRegex(@"\[(Fact|Theory)[\s\S]*?public (static )?(async )?[\w<>]+ (?<name>\w+)\(")]
    private static partial Regex TestName();

    [GeneratedRegex(@": (Can|Cannot)_")]
    private static partial Regex GoodTestName();
}
