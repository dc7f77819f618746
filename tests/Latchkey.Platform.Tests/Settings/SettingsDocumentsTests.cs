using Latchkey.Commands;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Settings;

public class SettingsDocumentsTests
{
    /// <summary>When this fails: <c>./latchkey settings-documents .</c></summary>
    [Theory]
    [InlineData("docs/options.md")]
    [InlineData("docs/options.ru.md")]
    [InlineData(".env.example")]
    public void Cannot_differ_from_the_catalogue(string path) =>
        File.ReadAllText(Path.Combine(Repository(), path)).ShouldBe(SettingsDocuments.Write(ProgramSettings.Catalogue)[path]);

    [Fact]
    public void Can_copy_the_example_without_changing_anything()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(".env"), SettingsDocuments.Write(ProgramSettings.Catalogue)[".env.example"]);

        var loaded = SettingsLoader.Load(ProgramSettings.Catalogue, new(new Dictionary<string, string>(), folder.Path));

        loaded.Report.Problems.ShouldBeEmpty();
        loaded.Report.Settings.ShouldAllBe(finding => finding.State == SettingState.Missing);
    }

    [Fact]
    public void Can_take_every_line_of_the_example_that_is_uncommented()
    {
        using var folder = new TemporaryFolder();
        var lines = SettingsDocuments
            .Write(ProgramSettings.Catalogue)[".env.example"]
            .Split('\n')
            .Where(line => line.StartsWith('#') && !line.StartsWith("# ", StringComparison.Ordinal) && !line.Contains("_TLS_"))
            .Select(line => line[1..])
            .ToList();
        File.WriteAllLines(folder.File(".env"), lines);

        var report = SettingsLoader.Load(ProgramSettings.Catalogue, new(new Dictionary<string, string>(), folder.Path)).Report;

        lines.Count.ShouldBeGreaterThan(20);
        report.Errors.ShouldBeEmpty();
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;

        while (!File.Exists(Path.Combine(folder, "Latchkey.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }
}
