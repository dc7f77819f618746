using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Models;

public class CatalogueTests
{
    private static readonly Catalogue BuiltIn = CatalogueReader.Read(ModelCatalogue.BuiltIn());

    public static TheoryData<string> Models => [.. BuiltIn.Models.Select(model => model.Id)];

    /// <summary>No combination of options may be free by mistake.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Can_price_whatever_can_be_ordered(string id)
    {
        var model = BuiltIn.Find(id)!;

        foreach (var order in Combinations(model).Where(order => model.RoutesFor(order).Any()))
            model.PriceOf(order).ShouldNotBeNull(order.Values.ToJsonString()).ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Can_fill_the_templates_of_every_route(string id)
    {
        var model = BuiltIn.Find(id)!;

        foreach (var order in Combinations(model))
        {
            foreach (var route in model.RoutesFor(order))
            {
                InputTemplate.FillText(route.Upstream, name => order.Values[name]).ShouldNotBeNullOrEmpty();
                InputTemplate.Fill(route.Input, name => order.Values[name]).ToJsonString().ShouldNotContain("$");
            }
        }
    }

    [Fact]
    public void Can_say_all_mistakes_at_once()
    {
        var json = """
            {"version":"1","providers":{},"models":[{"id":"a","name":"A","kind":"image","modes":["t2i","x"],"prices":[{"credits":0}],
             "routes":[{"provider":"nobody","modes":["t2i"],"upstream":"u","input":{"p":"$promt"}}]}]}
            """;

        var mistake = Should.Throw<CatalogueException>(() => CatalogueReader.Read(Encoding.UTF8.GetBytes(json))).Message;

        mistake.ShouldContain("unknown mode x");
        mistake.ShouldContain("no route for x");
        mistake.ShouldContain("at least 1 credit");
        mistake.ShouldContain("unknown provider nobody");
        mistake.ShouldContain("unknown value promt");
    }

    [Fact]
    public void Can_read_a_file_with_a_byte_order_mark() =>
        CatalogueReader.Read([0xEF, 0xBB, 0xBF, .. ModelCatalogue.BuiltIn()]).Models.Count.ShouldBe(BuiltIn.Models.Count);

    [Fact]
    public void Cannot_misspell_a_property()
    {
        var json = Encoding
            .UTF8.GetString(ModelCatalogue.BuiltIn())
            .Replace("\"aspectRatios\"", "\"aspectRatioes\"", StringComparison.Ordinal);

        Should.Throw<CatalogueException>(() => CatalogueReader.Read(Encoding.UTF8.GetBytes(json))).Message.ShouldContain("aspectRatioes");
    }

    /// <summary>The schema that editors use is the one that is read by; <c>LATCHKEY_WRITE_SCHEMA=1</c> writes it again.</summary>
    [Fact]
    public void Can_check_a_catalogue_by_the_published_schema()
    {
        var path = Path.Combine(Repository(), "src/Latchkey.Generation/Models/catalogue.schema.json");
        var schema = CatalogueReader.Schema().ToJsonString(new() { WriteIndented = true }) + "\n";

        if (Environment.GetEnvironmentVariable("LATCHKEY_WRITE_SCHEMA") == "1")
            File.WriteAllText(path, schema);

        File.ReadAllText(path).ShouldBe(schema);
    }

    private static IEnumerable<GenerationOrder> Combinations(CatalogueModel model) =>
        from mode in model.Modes
        from aspect in Or(model.AspectRatios)
        from quality in Or(model.Qualities)
        from resolution in Or(model.Resolutions)
        from duration in Or(model.Durations?.Select(seconds => seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)))
        from audio in model.AudioToggle ? new string?[] { "true", "false" } : [null]
        select new GenerationOrder(
            model.Id,
            mode,
            new JsonObject
            {
                [OrderFields.Prompt] = "p",
                [OrderFields.AspectRatio] = aspect,
                [OrderFields.Quality] = quality,
                [OrderFields.Resolution] = resolution,
                [OrderFields.Duration] = duration,
                [OrderFields.Audio] = audio,
            },
            []
        );

    private static IEnumerable<string?> Or(IEnumerable<string>? values) =>
        values?.ToArray() is { Length: > 0 } some ? some : new string?[] { null };

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;

        while (!File.Exists(Path.Combine(folder, "Latchkey.slnx")))
            folder = Path.GetDirectoryName(folder)!;

        return folder;
    }
}
