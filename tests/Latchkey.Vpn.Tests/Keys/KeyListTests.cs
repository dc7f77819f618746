using System.Text.Json.Nodes;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Keys;

public class KeyListTests(KeyListTests.FourKeys fixture) : IClassFixture<KeyListTests.FourKeys>
{
    private readonly VpnHost _host = fixture.Host;

    [Fact]
    public async Task Can_list_all_keys_by_number_with_the_very_fields_of_the_contract()
    {
        var list = (await _host.SendAsync(HttpMethod.Get, "/api/keys")).Body!.AsObject();

        list.Select(field => field.Key).ShouldBe(["keys", "total"]);
        ((int)list["total"]!).ShouldBe(4);
        list["keys"]!.AsArray().Select(key => (int)key!["key_id"]!).ShouldBe([1, 2, 3, 4]);
        list["keys"]![1]!.AsObject().Select(field => field.Key).ShouldBe(["key_id", "uuid", "short_id", "name", "created_at", "is_active"]);
        ((bool)list["keys"]![1]!["is_active"]!).ShouldBeFalse();
        list["keys"]![2]!["name"].ShouldBeNull();
    }

    [Fact]
    public async Task Can_list_no_keys()
    {
        await using var empty = await VpnHost.StartAsync();

        (await empty.SendAsync(HttpMethod.Get, "/api/keys")).Body!.ToJsonString().ShouldBe("""{"keys":[],"total":0}""");
    }

    [Theory]
    [InlineData("limit=2", "1,2", 4)]
    [InlineData("limit=2&offset=2", "3,4", 4)]
    [InlineData("offset=3", "4", 4)]
    [InlineData("offset=9", "", 4)]
    [InlineData("search=БОРИС", "1", 1)]
    [InlineData("search=борис", "1", 1)]
    [InlineData("search=ANNA", "2", 1)]
    [InlineData("search=первая", "2", 1)]
    [InlineData("search=ёж", "4", 1)]
    [InlineData("search=%25_", "4", 1)]
    [InlineData("search=nobody", "", 0)]
    [InlineData("state=active", "1,3,4", 3)]
    [InlineData("state=Paused", "2", 1)]
    [InlineData("state=expired", "", 0)]
    [InlineData("sort=-key_id&limit=1", "4", 4)]
    [InlineData("sort=name", "3,2,1,4", 4)]
    [InlineData("sort=-created_at&state=paused&search=anna", "2", 1)]
    public async Task Can_ask_for_some_keys(string query, string ids, int total)
    {
        var list = (await _host.SendAsync(HttpMethod.Get, "/api/keys?" + query)).Body!;

        string.Join(',', list["keys"]!.AsArray().Select(key => (int)key!["key_id"]!)).ShouldBe(ids);
        ((int)list["total"]!).ShouldBe(total);
    }

    [Theory]
    [InlineData("limit=0", "limit must be a whole number from 1 to 100000")]
    [InlineData("limit=x", "limit must be a whole number from 1 to 100000")]
    [InlineData("offset=-1", "offset must be a whole number from 0 up")]
    [InlineData("state=asleep", "state must be one of: active, paused, expired, limited, blocked")]
    [InlineData(
        "sort=uuid",
        "sort must be one of: key_id, name, created_at, expires_at, traffic, last_used_at; with - before it for the other direction"
    )]
    public async Task Cannot_ask_for_keys_in_a_way_that_there_is_not(string query, string detail)
    {
        var (status, body) = await _host.SendAsync(HttpMethod.Get, "/api/keys?" + query);

        status.ShouldBe(400);
        body!.ToJsonString().ShouldBe(new JsonObject { ["detail"] = detail }.ToJsonString());
    }

    [Fact]
    public async Task Can_ask_whether_the_list_has_changed()
    {
        await using var host = await VpnHost.StartAsync();
        await host.CreateKeyAsync();
        await host.CreateKeyAsync();
        var tag = await TagAsync(host, "/api/keys");

        (await GetIfChangedAsync(host, tag)).ShouldBe(304);
        await host.SendAsync(HttpMethod.Patch, "/api/keys/1", """{"name": "Глеб"}""");
        (await GetIfChangedAsync(host, tag)).ShouldBe(200);
        tag = await TagAsync(host, "/api/keys");
        await host.SendAsync(HttpMethod.Delete, "/api/keys/1");
        (await GetIfChangedAsync(host, tag)).ShouldBe(200);

        (await TagAsync(host, "/api/keys?sort=traffic")).ShouldBe("", "traffic alone changes this order");
    }

    private static async Task<string> TagAsync(VpnHost host, string path)
    {
        using var response = await host.Client.GetAsync(path);

        return response.Headers.ETag?.ToString() ?? "";
    }

    private static async Task<int> GetIfChangedAsync(VpnHost host, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/keys");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var response = await host.Client.SendAsync(request);

        return (int)response.StatusCode;
    }

    public sealed class FourKeys : IAsyncLifetime
    {
        internal VpnHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Host = await VpnHost.StartAsync();

            string[] bodies = ["{\"name\": \"Борис\"}", "{\"name\": \"anna\", \"note\": \"ПЕРВАЯ\"}", "{}", "{\"name\": \"ЁЖ 100%_\"}"];

            foreach (var body in bodies)
                await Host.CreateKeyAsync(body);

            await Host.SendAsync(HttpMethod.Patch, "/api/keys/2", """{"is_active": false}""");
        }

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
