using System.Reflection;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Latchkey.Architecture.Tests;

/// <summary>Who may know whom: modules know the Platform, and only the program knows the modules.</summary>
public class ReferenceTests
{
    public static TheoryData<string> Modules => [.. Repository.Modules];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Cannot_reference_another_module(string module)
    {
        ProjectReferences(module).ShouldBe(["Latchkey.Platform"]);

        Assembly
            .Load(module)
            .GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(IsOurs)
            .ShouldBeSubsetOf(["Latchkey.Platform"]);
    }

    [Fact]
    public void Cannot_reference_a_module_from_the_platform() => ProjectReferences("Latchkey.Platform").ShouldBeEmpty();

    [Fact]
    public void Cannot_reference_test_projects_from_the_product() =>
        Repository
            .Files("src", "*.csproj")
            .Where(project => Repository.Text(project).Contains("/tests/", StringComparison.Ordinal))
            .ShouldBeEmpty();

    private static IEnumerable<string> ProjectReferences(string project) =>
        XDocument
            .Parse(Repository.Text($"src/{project}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    private static bool IsOurs(string name) => name == "latchkey" || name.StartsWith("Latchkey", StringComparison.OrdinalIgnoreCase);
}
