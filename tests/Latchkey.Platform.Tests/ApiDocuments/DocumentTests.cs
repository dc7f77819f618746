using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.ApiDocuments;

/// <summary>The documents of the whole server, all modules on.</summary>
public sealed partial class DocumentTests(DocumentTests.Host host) : IClassFixture<DocumentTests.Host>
{
    /// <summary>The pages that show the documents, and the documents.</summary>
    private static readonly string[] Undocumented =
    [
        "GET /openapi/{name}.json",
        "GET /docs",
        "GET /docs/{asset}",
        "GET /redoc",
        "GET /redoc/{asset}",
    ];

    private readonly RunningHost _host = host.Running;

    [Fact]
    public async Task Cannot_have_a_route_that_is_in_no_document()
    {
        var mapped = _host
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(route =>
                route
                    .Metadata.GetMetadata<IHttpMethodMetadata>()!
                    .HttpMethods.Select(method => $"{method} {PathOf(route.RoutePattern.RawText!)}")
            );

        var documented = (await ReadAllAsync()).SelectMany(document => Operations(document.Content).Select(operation => operation.Name));

        documented.Concat(Undocumented).Order().ShouldBe(mapped.Order());
    }

    [Fact]
    public async Task Can_tell_of_every_route_what_it_does_and_what_it_answers()
    {
        foreach (var (name, content) in await ReadAllAsync())
        foreach (var (route, operation) in Operations(content))
        {
            var summary = (string?)operation["summary"];
            summary.ShouldNotBeNullOrWhiteSpace($"{name}: {route}");
            summary.Length.ShouldBeLessThan(120, $"{name}: {route}");

            var answers = operation["responses"]!.AsObject();
            answers.ShouldContain(answer => answer.Key.StartsWith('2'), $"{name}: {route}");

            foreach (var (status, answer) in answers.Where(answer => answer.Key is not ("202" or "204" or "404")))
                answer!["content"].ShouldNotBeNull($"{name}: {route} {status}");

            foreach (var parameter in PathParameter().Matches(route).Select(match => match.Groups["name"].Value))
                (operation["parameters"]?.AsArray() ?? []).ShouldContain(
                    known => (string)known!["name"]! == parameter && (string)known["in"]! == "path",
                    $"{name}: {route}"
                );
        }
    }

    [Fact]
    public async Task Cannot_point_to_what_is_not_in_the_document()
    {
        foreach (var (name, content) in await ReadAllAsync())
        {
            foreach (var reference in Reference().Matches(content.ToJsonString()).Select(match => match.Groups["path"].Value))
            {
                var place = reference.Split('/').Aggregate((JsonNode?)content, (node, step) => node?[step]);
                place.ShouldNotBeNull($"{name}: {reference}");
            }

            var schemes = content["components"]!["securitySchemes"]!.AsObject();

            foreach (var (route, operation) in Operations(content))
            foreach (var scheme in (operation["security"]?.AsArray() ?? []).SelectMany(way => way!.AsObject()))
                schemes.ContainsKey(scheme.Key).ShouldBeTrue($"{name}: {route} {scheme.Key}");
        }
    }

    [Fact]
    public async Task Can_read_bodies_parameters_and_errors_of_a_route()
    {
        var video = await ReadAsync("video");

        var create = video["paths"]!["/videos"]!["post"]!;
        ((string)create["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!).ShouldBe(
            "#/components/schemas/CreateVideoBody"
        );
        ((string)create["responses"]!["201"]!["content"]!["application/json"]!["schema"]!["$ref"]!).ShouldBe(
            "#/components/schemas/VideoResponse"
        );
        ((string)create["responses"]!["401"]!["content"]!["application/json"]!["schema"]!["$ref"]!).ShouldBe(
            "#/components/schemas/Problem"
        );
        create["security"]!.AsArray().SelectMany(way => way!.AsObject()).Select(way => way.Key).ShouldBe(["basic", "bearer"]);

        var body = video["components"]!["schemas"]!["CreateVideoBody"]!;
        body["required"]!.AsArray().Select(name => (string)name!).ShouldBe(["title"]);
        body["properties"]!.AsObject().Select(property => property.Key).ShouldContain("mp4Support");

        var list = video["paths"]!["/videos"]!["get"]!["parameters"]!.AsArray();
        list.Select(parameter => (string)parameter!["name"]!)
            .ShouldBe(
                ["title", "description", "tags", "metadata", "liveStreamId", "sortBy", "sortOrder", "currentPage", "pageSize"],
                ignoreOrder: true
            );
        var size = list.Single(parameter => (string)parameter!["name"]! == "pageSize")!;
        ((string)size["schema"]!["type"]!).ShouldBe("integer");

        var upload = video["paths"]!["/upload"]!["post"]!;
        upload["requestBody"]!["content"]!["multipart/form-data"]!["schema"]!["properties"]!["videoId"].ShouldNotBeNull();
        upload["security"].ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_make_clients_believe_that_numbers_are_text()
    {
        foreach (var (name, content) in await ReadAllAsync())
        foreach (var (schema, about) in content["components"]!["schemas"]!.AsObject())
        foreach (var (property, type) in about!["properties"]?.AsObject() ?? [])
        {
            if (type!["type"] is JsonArray types)
                types.Select(one => (string)one!).Except(["null"]).Count().ShouldBe(1, $"{name}: {schema}.{property}");
        }
    }

    [Fact]
    public async Task Can_ask_whether_a_document_is_another_one_by_now()
    {
        using var first = await _host.Anonymous.GetAsync("/openapi/video.json");
        first.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        first.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/video.json");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _host.Anonymous.SendAsync(again);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await second.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/openapi/nothing.json")]
    [InlineData("/openapi/VIDEO.json")]
    [InlineData("/redoc?api=nothing")]
    [InlineData("/docs/index.html")]
    [InlineData("/docs/..%2Fpages.css")]
    public async Task Cannot_get_what_there_is_not(string path) =>
        (await _host.Anonymous.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("/docs", "text/html")]
    [InlineData("/redoc", "text/html")]
    [InlineData("/redoc?api=app", "text/html")]
    [InlineData("/docs/swagger-ui-bundle.js", "text/javascript")]
    [InlineData("/docs/swagger-ui.css", "text/css")]
    [InlineData("/redoc/redoc.standalone.js", "text/javascript")]
    [InlineData("/openapi/app.json", "application/json")]
    public async Task Can_get_a_page_and_its_head(string path, string contentType)
    {
        using var whole = await _host.Anonymous.GetAsync(path);
        using var head = await _host.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        whole.StatusCode.ShouldBe(HttpStatusCode.OK);
        whole.Content.Headers.ContentType!.MediaType.ShouldBe(contentType);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe((await whole.Content.ReadAsByteArrayAsync()).Length);
        head.Headers.ETag.ShouldBe(whole.Headers.ETag);
        _host.AssertNoWarningsLogged();
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/redoc")]
    public async Task Cannot_load_anything_from_elsewhere_into_a_page(string path)
    {
        using var page = await _host.Anonymous.GetAsync(path);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();

        policy.ShouldStartWith("default-src 'none'; script-src 'self';");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("unsafe-eval");
    }

    [Fact]
    public async Task Can_use_a_page_with_a_slash_at_its_end()
    {
        using var page = await _host.Anonymous.GetAsync("/docs/");

        page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/docs");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<JsonNode> ReadAsync(string name) => JsonNode.Parse(await _host.Anonymous.GetStringAsync($"/openapi/{name}.json"))!;

    private async Task<List<(string Name, JsonNode Content)>> ReadAllAsync()
    {
        var all = new List<(string, JsonNode)>();

        foreach (var (name, _) in _host.Services.GetRequiredService<PublishedDocuments>().Documents)
            all.Add((name, await ReadAsync(name)));

        all.Count.ShouldBeGreaterThan(2);
        return all;
    }

    private static IEnumerable<(string Name, JsonNode Operation)> Operations(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!))
            );

    private static string PathOf(string pattern) =>
        Constraint().Replace(pattern.Replace("{**", "{", StringComparison.Ordinal), "}") is { Length: > 1 } path
            ? "/" + path.Trim('/')
            : "/";

    public sealed class Host : IAsyncLifetime
    {
        public RunningHost Running { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Running = await RunningHost.StartAsync();

        public ValueTask DisposeAsync() => Running.DisposeAsync();
    }

    [GeneratedRegex(@":\w+}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"{(?<name>\w+)}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("\"\\$ref\":\"#/(?<path>[^\"]+)\"")]
    private static partial Regex Reference();
}
