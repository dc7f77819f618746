using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Keys;

/// <summary>Every row of the contract that is about one key.</summary>
public class KeyContractTests(VpnHostFixture fixture) : IClassFixture<VpnHostFixture>
{
    private const string NotJson = "The body is not JSON";
    private const string NoObject = "The body must be a JSON object";

    private VpnHost Host => fixture.Host;

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"name": null}""", null)]
    [InlineData("""{"name": ""}""", "")]
    [InlineData("""{"name": "user_1", "unknown": {"a": [1]}}""", "user_1")]
    [InlineData("{\n  // optional\n  \"name\": \"user_1\", /* so */\n}", "user_1")]
    [InlineData("""{"name": "😀 <script>alert(1)</script> & \"quoted\" \\ /"}""", "😀 <script>alert(1)</script> & \"quoted\" \\ /")]
    [InlineData("""{"\ud800": 1, "name": "beside a name that is no text"}""", "beside a name that is no text")]
    public async Task Can_create_a_key_with_any_name(string body, string? name)
    {
        var created = await Host.CreateKeyAsync(body);

        ((string?)created["name"]).ShouldBe(name);
        created.AsObject().ContainsKey("name").ShouldBeTrue();
        (await Host.SendAsync(HttpMethod.Get, $"/api/keys/{created["key_id"]}")).Body!.ToJsonString().ShouldBe(created.ToJsonString());
    }

    [Theory]
    [InlineData('x')]
    [InlineData('ж')]
    [InlineData('漢')]
    public async Task Can_have_a_name_of_255_characters_and_not_of_256(char letter)
    {
        var longest = new string(letter, 255);

        ((string?)(await Host.CreateKeyAsync(new JsonObject { ["name"] = longest }.ToJsonString()))["name"]).ShouldBe(longest);
        await RefusesAsync(
            HttpMethod.Post,
            "/api/keys",
            new JsonObject { ["name"] = longest + letter }.ToJsonString(),
            "name must be at most 255 characters long"
        );
    }

    [Fact]
    public async Task Can_count_an_emoji_as_one_character()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 255));

        ((string?)(await Host.CreateKeyAsync($$"""{"name": "{{longest}}"}"""))["name"]).ShouldBe(longest);
    }

    [Theory]
    [InlineData("", NotJson)]
    [InlineData("null", NoObject)]
    [InlineData("[]", NoObject)]
    [InlineData("\"x\"", NoObject)]
    [InlineData("17", NoObject)]
    [InlineData("{", NotJson)]
    [InlineData("name=user_1", NotJson)]
    [InlineData("<key/>", NotJson)]
    [InlineData("""{"name": "a"} {"name": "b"}""", NotJson)]
    [InlineData("""{"name": 1}""", "name must be a string or null")]
    [InlineData("""{"name": ["a"]}""", "name must be a string or null")]
    [InlineData("""{"name": true}""", "name must be a string or null")]
    [InlineData("""{"name": "a\u0000b"}""", "name must not contain control characters")]
    [InlineData("""{"name": "a\nb"}""", "name must not contain control characters")]
    [InlineData("""{"name": "a\u009bb"}""", "name must not contain control characters")]
    [InlineData("""{"name": "\ud800"}""", "name must be valid Unicode")]
    [InlineData("""{"note": "\ud800"}""", "note must be valid Unicode")]
    [InlineData("""{"expires_at": "\ud800"}""", "expires_at must be a time")]
    [InlineData("""{"expires_at": "soon"}""", "expires_at must be a time")]
    [InlineData("""{"expires_at": -1}""", "expires_at must be a time")]
    [InlineData("""{"expires_at": 1e300}""", "expires_at must be a time")]
    [InlineData("""{"expires_at": 99999999999999}""", "expires_at must be a time")]
    [InlineData("""{"data_limit": 0}""", "data_limit must be a whole number")]
    [InlineData("""{"data_limit": 1.5}""", "data_limit must be a whole number")]
    [InlineData("""{"data_limit": "1"}""", "data_limit must be a whole number")]
    [InlineData("""{"device_limit": 99999999999999999999}""", "device_limit must be a whole number")]
    [InlineData("""{"reset_period": "hourly"}""", "reset_period must be one of: never, daily, weekly, monthly, yearly")]
    [InlineData("""{"reset_period": "\ud800"}""", "reset_period must be one of")]
    [InlineData("""{"is_active": "yes"}""", "is_active must be true or false")]
    public Task Cannot_create_a_key_from_a_bad_body(string body, string detail) => RefusesAsync(HttpMethod.Post, "/api/keys", body, detail);

    [Fact]
    public async Task Cannot_create_a_key_from_bytes_that_are_no_text()
    {
        using var content = new ByteArrayContent([.. "{\"name\": \""u8, 0xff, 0xfe, .. "\"}"u8]);
        using var response = await Host.Client.PostAsync("/api/keys", content);

        ((int)response.StatusCode).ShouldBe(400);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Cannot_create_a_key_without_a_body()
    {
        using var response = await Host.Client.PostAsync("/api/keys", null);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync()).ShouldStartWith($$"""{"detail":"{{NotJson}}""");
    }

    [Fact]
    public async Task Cannot_create_a_key_from_ten_megabytes()
    {
        var (status, body) = await Host.SendAsync(HttpMethod.Post, "/api/keys", $$"""{"name": "{{new string('x', 10_000_000)}}"}""");

        status.ShouldBe(413);
        body!.ToJsonString().ShouldBe("""{"detail":"Request body is too large"}""");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Can_send_json_under_any_content_type(string? contentType)
    {
        using var content = new ByteArrayContent("""{"name": "Имя"}"""u8.ToArray());

        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        using var response = await Host.Client.PostAsync("/api/keys", content);

        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync()).ShouldContain("\"name\":\"Имя\"");
    }

    [Theory]
    [InlineData("abc", 400)]
    [InlineData("1.5", 400)]
    [InlineData("-1", 400)]
    [InlineData("+1", 400)]
    [InlineData("1_0", 400)]
    [InlineData("%201", 400)]
    [InlineData("{00000000-0000-0000-0000-000000000001}", 400)]
    [InlineData("0", 404)]
    [InlineData("999", 404)]
    [InlineData("99999999999999999999", 404)]
    [InlineData("00000000-0000-0000-0000-000000000001", 404)]
    public async Task Cannot_name_a_key_that_there_is_not(string id, int status)
    {
        foreach (var (method, path) in Routes(id))
        {
            var (answered, body) = await Host.SendAsync(method, path, method == HttpMethod.Patch ? "{}" : null);

            answered.ShouldBe(status, $"{method} {path}");
            body!.AsObject().Count.ShouldBe(1);
            body["detail"]!
                .GetValue<string>()
                .ShouldMatch(status == 404 ? $"^Key with id {id} not found$" : "^Invalid identifier format: .*Expected UUID or key_id$");
        }
    }

    [Fact]
    public async Task Can_name_a_key_by_its_uuid_in_any_case()
    {
        var key = await Host.CreateKeyAsync();
        var uuid = (string)key["uuid"]!;

        foreach (
            var path in new[]
            {
                $"/api/keys/{uuid}",
                $"/api/keys/{uuid.ToUpperInvariant()}",
                $"/api/keys/uuid/{uuid}",
                $"/api/keys/0{key["key_id"]}",
                $"/api/keys/{uuid}/",
            }
        )
            (await Host.SendAsync(HttpMethod.Get, path)).Body!.ToJsonString().ShouldBe(key.ToJsonString(), path);

        (await Host.SendAsync(HttpMethod.Delete, $"/api/keys/{uuid.ToUpperInvariant()}"))
            .Body!.ToJsonString()
            .ShouldBe($$"""{"success":true,"message":"Key {{key["key_id"]}} deleted successfully"}""");
        (await Host.SendAsync(HttpMethod.Delete, $"/api/keys/{uuid}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Can_ask_whether_a_key_has_changed()
    {
        var path = $"/api/keys/{(await Host.CreateKeyAsync())["key_id"]}";
        using var first = await Host.Client.GetAsync(path);
        var tag = first.Headers.ETag!.ToString();

        (await GetIfChangedAsync(path, tag)).ShouldBe(304);
        (await GetIfChangedAsync(path, "*")).ShouldBe(304);
        (await GetIfChangedAsync(path, "\"other\"")).ShouldBe(200);
        await Host.SendAsync(HttpMethod.Patch, path, """{"is_active": false}""");
        (await GetIfChangedAsync(path, tag)).ShouldBe(200);
    }

    private async Task<int> GetIfChangedAsync(string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var response = await Host.Client.SendAsync(request);

        return (int)response.StatusCode;
    }

    private static IEnumerable<(HttpMethod Method, string Path)> Routes(string id) =>
        [
            (HttpMethod.Get, $"/api/keys/{id}"),
            (HttpMethod.Get, $"/api/keys/{id}?details=true"),
            (HttpMethod.Patch, $"/api/keys/{id}"),
            (HttpMethod.Delete, $"/api/keys/{id}"),
            (HttpMethod.Get, $"/api/keys/{id}/link"),
            (HttpMethod.Get, $"/api/keys/{id}/config"),
            (HttpMethod.Get, $"/api/keys/{id}/traffic"),
            (HttpMethod.Get, $"/api/keys/{id}/traffic/history"),
            (HttpMethod.Post, $"/api/keys/{id}/traffic/reset"),
        ];

    private async Task RefusesAsync(HttpMethod method, string path, string body, string detail)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var response = await Host.Client.SendAsync(new HttpRequestMessage(method, path) { Content = content });
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

        ((int)response.StatusCode).ShouldBe(400);
        answer.Count.ShouldBe(1);
        answer["detail"]!.GetValue<string>().ShouldStartWith(detail);
    }
}
