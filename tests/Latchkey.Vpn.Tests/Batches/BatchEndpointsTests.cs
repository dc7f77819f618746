using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Batches;

[Collection(SharedVpnHostTests.Name)]
public class BatchEndpointsTests(SharedVpnHost shared)
{
    private readonly VpnHost _host = shared.Host;

    [Fact]
    public async Task Can_create_keys_by_number()
    {
        var (status, body) = await CreateAsync("""{"count": 3, "name_prefix": "user_"}""");

        status.ShouldBe(200);
        ((int)body["total"]!).ShouldBe(3);
        var keys = body["keys"]!.AsArray();
        keys.Select(key => (string)key!["name"]!).ShouldBe(["user_1", "user_2", "user_3"]);
        keys[0]!.AsObject().Select(field => field.Key).ShouldBe(["key_id", "uuid", "short_id", "name", "created_at", "is_active"]);
        keys.Select(key => (string)key!["uuid"]!).ShouldBeUnique();
        (await _host.SendAsync(HttpMethod.Get, $"/api/keys/{keys[2]!["key_id"]}")).Body!.ToJsonString().ShouldBe(keys[2]!.ToJsonString());
    }

    [Fact]
    public async Task Can_create_keys_with_terms_of_their_own()
    {
        var (status, body) = await CreateAsync("""{"keys": [{"name": "a", "data_limit": 100}, {}]}""", "?details=true");

        status.ShouldBe(200);
        var keys = body["keys"]!.AsArray();
        ((long)keys[0]!["data_limit"]!).ShouldBe(100);
        keys[1]!["data_limit"].ShouldBeNull();
        keys[1]!["name"].ShouldBeNull();
        ((string)keys[1]!["subscription_url"]!).ShouldContain("/sub/");
    }

    [Fact]
    public async Task Can_give_all_of_a_number_the_same_terms()
    {
        var (_, body) = await CreateAsync("""{"count": 2, "note": "school", "device_limit": 2}""", "?details=true");

        body["keys"]!.AsArray().Select(key => $"{key!["note"]} {key["device_limit"]}").ShouldBe(["school 2", "school 2"]);
    }

    [Theory]
    [InlineData("{}", "either count or keys is needed, and not both")]
    [InlineData("""{"count": 1, "keys": [{}]}""", "either count or keys is needed, and not both")]
    [InlineData("""{"count": 0}""", "count must be a whole number from 1 to 1000")]
    [InlineData("""{"count": 1001}""", "count must be a whole number from 1 to 1000")]
    [InlineData("""{"count": "5"}""", "count must be a whole number from 1 to 1000")]
    [InlineData("""{"count": 1, "name_prefix": 5}""", "name_prefix must be a string or null")]
    [InlineData("""{"count": 1, "name_prefix": "a", "name": "b"}""", "name and name_prefix cannot be given together")]
    [InlineData("""{"count": 1, "data_limit": -1}""", "data_limit must be a whole number from 1 to 1152921504606846976, or null")]
    [InlineData("""{"keys": []}""", "keys must be a list of 1 to 1000 objects")]
    [InlineData("""{"keys": {}}""", "keys must be a list of 1 to 1000 objects")]
    [InlineData("""{"keys": [{}, 5]}""", "keys[1] must be a JSON object, such as {\"name\": \"user_1\"}")]
    [InlineData("""{"keys": [{}, {"name": 5}]}""", "keys[1].name must be a string or null")]
    public async Task Cannot_create_any_of_a_batch_that_is_wrong(string request, string detail)
    {
        var before = await TotalAsync();

        var (status, body) = await CreateAsync(request);

        status.ShouldBe(400);
        ((string)body["detail"]!).ShouldBe(detail);
        (await TotalAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Can_create_and_delete_a_thousand_keys()
    {
        var (_, created) = await CreateAsync("""{"count": 1000}""");
        var ids = created["keys"]!.AsArray().Select(key => (long)key!["key_id"]!).ToList();
        ids.Distinct().Count().ShouldBe(1000);

        var (status, body) = await DeleteAsync($$"""{"key_ids": [{{string.Join(',', ids)}}]}""");

        status.ShouldBe(200);
        body["deleted"]!.AsArray().Select(id => (long)id!).Order().ShouldBe(ids.Order());
        (await _host.SendAsync(HttpMethod.Get, $"/api/keys/{ids[500]}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Can_delete_those_that_are_there()
    {
        var id = (long)(await _host.CreateKeyAsync())["key_id"]!;

        var (status, body) = await DeleteAsync($$"""{"key_ids": [{{id}}, 888888, {{id}}]}""");

        status.ShouldBe(200);
        body.ToJsonString()
            .ShouldBe($$"""{"success":true,"message":"Deleted 1 keys, 1 not found","deleted":[{{id}}],"not_found":[888888]}""");
    }

    [Theory]
    [InlineData("{}", "key_ids must be a list of 1 to 1000 numbers of keys")]
    [InlineData("""{"key_ids": []}""", "key_ids must be a list of 1 to 1000 numbers of keys")]
    [InlineData("""{"key_ids": [1, "x"]}""", "key_ids[1] must be the number of a key")]
    [InlineData("""{"key_ids": [0]}""", "key_ids[0] must be the number of a key")]
    public async Task Cannot_delete_what_is_no_list_of_numbers(string request, string detail)
    {
        var (status, body) = await DeleteAsync(request);

        status.ShouldBe(400);
        ((string)body["detail"]!).ShouldBe(detail);
    }

    [Fact]
    public async Task Cannot_create_or_delete_without_the_secret()
    {
        foreach (var path in new[] { "/api/keys/batch", "/api/keys/batch/delete" })
        {
            using var answer = await _host.Host.Anonymous.PostAsync(path, new StringContent("no JSON"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }
    }

    private async Task<(int Status, JsonNode Body)> CreateAsync(string body, string query = "")
    {
        var (status, answer) = await _host.SendAsync(HttpMethod.Post, "/api/keys/batch" + query, body);

        return (status, answer!);
    }

    private async Task<(int Status, JsonNode Body)> DeleteAsync(string body)
    {
        var (status, answer) = await _host.SendAsync(HttpMethod.Post, "/api/keys/batch/delete", body);

        return (status, answer!);
    }

    private async Task<int> TotalAsync() => (int)(await _host.SendAsync(HttpMethod.Get, "/api/keys?limit=1")).Body!["total"]!;
}
