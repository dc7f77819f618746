using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Latchkey.Architecture.Tests;

/// <summary>What the documents promise.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Cannot_link_to_what_is_not_there() =>
        Repository
            .Files(".", "*.md")
            .SelectMany(document =>
                Link()
                    .Matches(Repository.Text(document))
                    .Select(match => match.Groups["target"].Value.Split('#')[0])
                    .Where(target => target.Length > 0 && !target.Contains(':', StringComparison.Ordinal))
                    .Where(target => !Repository.Exists(Path.Combine(Path.GetDirectoryName(document)!, target)))
                    .Select(target => $"{document} -> {target}")
            )
            .ShouldBeEmpty();

    [Fact]
    public void Can_find_a_page_of_every_module() =>
        Repository.Modules.Where(module => !Repository.Exists($"src/{module}/README.md")).ShouldBeEmpty();

    [Theory]
    [InlineData("README")]
    [InlineData("docs/vpn-bots")]
    public void Can_read_a_page_in_both_languages(string page)
    {
        var commands = Commands($"{page}.md");

        commands.ShouldNotBeEmpty();
        Commands($"{page}.ru.md").ShouldBe(commands);
    }

    /// <summary>The fenced blocks: the text is translated, what is typed is not.</summary>
    private static List<string> Commands(string document) =>
        [.. Fence().Matches(Repository.Text(document)).Select(match => match.Groups["code"].Value)];

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```\w[^\n]*\n(?<code>[\s\S]*?)^```", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
