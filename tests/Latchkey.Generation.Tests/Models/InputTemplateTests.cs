using System.Text.Json.Nodes;
using Latchkey.Generation.Models;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Models;

public class InputTemplateTests
{
    private static readonly JsonObject Values = new()
    {
        ["prompt"] = "a \"fox\" $quality",
        ["duration"] = 5,
        ["quality"] = "high",
        ["images"] = new JsonArray("a", "b"),
    };

    [Theory]
    [InlineData("""{"p":"$prompt"}""", """{"p":"a \u0022fox\u0022 $quality"}""")]
    [InlineData("""{"d":"$duration|string"}""", """{"d":"5"}""")]
    [InlineData("""{"d":"$duration"}""", """{"d":5}""")]
    [InlineData("""{"i":"$images|first"}""", """{"i":"a"}""")]
    [InlineData("""{"i":"$images"}""", """{"i":["a","b"]}""")]
    [InlineData("""{"i":["$images|first","$nothing"]}""", """{"i":["a"]}""")]
    [InlineData("""{"gone":"$nothing","stays":1}""", """{"stays":1}""")]
    [InlineData("""{"q":{"$pick":"quality","high":"4K","default":"2K"}}""", """{"q":"4K"}""")]
    [InlineData("""{"q":{"$pick":"nothing","high":"4K","default":"2K"}}""", """{"q":"2K"}""")]
    [InlineData("""{"q":{"$pick":"nothing","high":"4K"}}""", """{}""")]
    public void Can_fill_a_template(string template, string filled) =>
        InputTemplate.Fill((JsonObject)JsonNode.Parse(template)!, name => Values[name]).ToJsonString().ShouldBe(filled);
}
