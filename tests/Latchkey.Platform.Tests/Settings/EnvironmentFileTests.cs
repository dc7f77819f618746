using System.Text;
using Latchkey.Platform.Settings;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Settings;

public class EnvironmentFileTests
{
    [Fact]
    public void Can_read_plain_lines_with_comments_and_export()
    {
        var file = Parse("# mine\n\nPORT=3001\nexport NODE_ENV=production\nKEY=a=b#c # a note\nEMPTY=\n");

        file.Problems.ShouldBeEmpty();
        file.Entries.ShouldBe([new("PORT", "3001", 3), new("NODE_ENV", "production", 4), new("KEY", "a=b#c", 5), new("EMPTY", "", 6)]);
    }

    [Fact]
    public void Can_read_what_Windows_writes()
    {
        var file = Parse("\uFEFFPORT=3001\r\nNODE_ENV=production\r\n");

        file.Problems.ShouldBeEmpty();
        file.Entries.ShouldBe([new("PORT", "3001", 1), new("NODE_ENV", "production", 2)]);
    }

    [Fact]
    public void Can_read_UTF16_and_says_so()
    {
        byte[] content = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("PORT=3001\r\n")];

        var file = EnvironmentFile.Parse(".env", DateTimeOffset.UnixEpoch, content);

        file.Entries.ShouldBe([new("PORT", "3001", 1)]);
        file.Problems.ShouldHaveSingleItem().Text.English.ShouldContain("UTF-16");
    }

    [Fact]
    public void Can_read_names_and_keys_of_a_file_in_another_encoding_and_says_so()
    {
        byte[] content = [.. "# "u8, 0xCA, 0xEB, 0xFE, 0xF7, .. "\nPORT=3001\n"u8];

        var file = EnvironmentFile.Parse(".env", DateTimeOffset.UnixEpoch, content);

        file.Entries.ShouldBe([new("PORT", "3001", 2)]);
        file.Problems.ShouldHaveSingleItem().Text.English.ShouldContain("not UTF-8");
    }

    [Theory]
    [InlineData("KEY=\"value\"", "around its value")]
    [InlineData("KEY='value' # a note", "around its value")]
    [InlineData("KEY=«value»", "around its value")]
    [InlineData("KEY=\" value \"", "quotes and spaces")]
    [InlineData("\"KEY\"=value", "around its name")]
    [InlineData("\"KEY=value\"", "around the whole line")]
    [InlineData("KEY =value", "spaces around the =")]
    [InlineData("KEY= value", "spaces around the =")]
    public void Can_take_a_value_in_spite_of_a_slip_and_names_it(string line, string slip)
    {
        var file = Parse("# first\n" + line);

        file.Entries.ShouldBe([new("KEY", "value", 2)]);
        var problem = file.Problems.ShouldHaveSingleItem();
        problem.Severity.ShouldBe(ProblemSeverity.Warning);
        problem.Line.ShouldBe(2);
        problem.Text.English.ShouldContain(slip);
    }

    [Theory]
    [InlineData("KEY=first\nsecond")]
    [InlineData("KEY=\nsecond")]
    [InlineData("KEY=first\nc2Vjb25k==")]
    [InlineData("KEY=\"first\nsecond\"")]
    [InlineData("KEY=first\\\nsecond")]
    public void Cannot_trust_a_value_that_is_broken_over_lines(string text)
    {
        var file = Parse(text + "\nPORT=3001");

        file.Entries.ShouldBe([file.Entries[0] with { Name = "KEY", Line = 1, Broken = true }, file.Entries[^1]]);
        file.Entries[^1].Name.ShouldBe("PORT");
        file.Entries[^1].Broken.ShouldBeFalse();
    }

    [Fact]
    public void Can_go_on_after_a_quote_that_is_never_closed()
    {
        var file = Parse("KEY=\"first\nPORT=3001");

        file.Entries.Select(entry => (entry.Name, entry.Broken)).ShouldBe([("KEY", true), ("PORT", false)]);
    }

    [Fact]
    public void Can_count_the_last_of_two_lines_and_names_it()
    {
        var file = Parse("PORT=1\nPORT=2");

        file.Entries.ShouldBe([new("PORT", "2", 2)]);
        file.Problems.ShouldHaveSingleItem().Text.English.ShouldContain("not line 1");
    }

    [Theory]
    [InlineData("PORT: 3001", "PORT", "colon")]
    [InlineData("just words", null, "not KEY=value")]
    public void Cannot_read_what_is_no_assignment_and_names_it(string line, string? name, string slip)
    {
        var file = Parse(line);

        file.Entries.ShouldBeEmpty();
        var problem = file.Problems.ShouldHaveSingleItem();
        problem.Name.ShouldBe(name);
        problem.Text.English.ShouldContain(slip);
    }

    [Fact]
    public void Cannot_show_a_value_in_a_problem()
    {
        const string secret = "s3cr3tvalue";

        var file = Parse($"A=\"{secret}\nB= '{secret}'\nC={secret}\n{secret}\nD=x\"{secret}\"\nE=\"a\"{secret}\n\n{secret}\n{secret}: x");

        file.Problems.ShouldNotBeEmpty();
        file.Problems.Select(problem => problem.Describe(Language.English) + problem.Describe(Language.Russian))
            .ShouldAllBe(text => !text.Contains(secret));
    }

    private static EnvironmentFile Parse(string text) =>
        EnvironmentFile.Parse(".env", DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(text));
}
