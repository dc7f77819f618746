using System.Text.Json.Nodes;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Keys;

public class IdempotencyTests(VpnHostFixture fixture) : IClassFixture<VpnHostFixture>
{
    [Fact]
    public async Task Can_send_a_creation_again()
    {
        var name = Guid.NewGuid().ToString();
        var first = await CreateAsync(name, """{"name": "a"}""");

        (await CreateAsync(name, """{ "name" : "a" }""")).ShouldBe(first);
        (await CreateAsync(Guid.NewGuid().ToString(), """{"name": "a"}""")).Body.ShouldNotBe(first.Body);
        (await CreateAsync(name, """{"name": "b"}""")).ShouldBe(
            (400, """{"detail":"This Idempotency-Key was used for another request"}""")
        );
        (await CreateAsync(new string('k', 256), "{}")).ShouldBe(
            (400, """{"detail":"Idempotency-Key must be at most 255 characters long"}""")
        );
    }

    [Fact]
    public async Task Can_send_a_creation_many_times_at_once()
    {
        var name = Guid.NewGuid().ToString();
        var marker = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(name, $$"""{"name": "{{marker}}"}""")));

        answers.Distinct().Count().ShouldBe(1);
        answers[0].Status.ShouldBe(200);
        ((int)(await fixture.Host.SendAsync(HttpMethod.Get, $"/api/keys?search={marker}")).Body!["total"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Can_send_a_batch_again()
    {
        var name = Guid.NewGuid().ToString();
        var first = await CreateAsync(name, """{"count": 3, "name_prefix": "b_"}""", "/api/keys/batch");

        (await CreateAsync(name, """{"name_prefix": "b_", "count": 3}""", "/api/keys/batch")).ShouldBe(first);
        (await CreateAsync(name, """{"count": 4, "name_prefix": "b_"}""", "/api/keys/batch")).Status.ShouldBe(400);
        (await CreateAsync(name, """{"name": "b_1"}""")).Status.ShouldBe(400);
        ((int)JsonNode.Parse(first.Body)!["total"]!).ShouldBe(3);
        ((int)(await fixture.Host.SendAsync(HttpMethod.Get, "/api/keys?search=b_")).Body!["total"]!).ShouldBe(3);
    }

    private async Task<(int Status, string Body)> CreateAsync(string name, string body, string path = "/api/keys")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Headers.Add("Idempotency-Key", name);
        using var response = await fixture.Host.Client.SendAsync(request);

        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString());
    }
}
