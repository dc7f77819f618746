using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Tags;

public sealed class TagTests
{
    [Fact]
    public async Task Can_list_tags_with_their_counts()
    {
        await using var api = await ApiHost.StartAsync();
        await api.CreateVideoAsync("""{"title":"1","tags":["Кот","dog"]}""");
        var second = await api.CreateVideoAsync("""{"title":"2","tags":["Кот"]}""");
        await api.CreateVideoAsync("""{"title":"3","tags":["dog","Кот"]}""");

        (await ListAsync(api, "?sortBy=videoCount&sortOrder=desc")).ShouldBe(["Кот 3", "dog 2"]);
        (await ListAsync(api, "?value=" + Uri.EscapeDataString("кО"))).ShouldBe(["Кот 3"]);
        (await ListAsync(api, "?pageSize=1&sortBy=value")).ShouldBe(["dog 2"]);

        await api.Client.SendJsonAsync(HttpMethod.Delete, $"/videos/{second}", null, HttpStatusCode.NoContent);
        (await ListAsync(api, "?value=" + Uri.EscapeDataString("Кот"))).ShouldBe(["Кот 2"]);
    }

    [Theory]
    [InlineData("sortBy=x", "sortBy")]
    [InlineData("sortOrder=up", "sortOrder")]
    public async Task Cannot_sort_by_anything(string query, string name)
    {
        await using var api = await ApiHost.StartAsync();

        (await api.Client.GetAsync("/tags?" + query, HttpStatusCode.BadRequest)).ShouldBeProblem("request-invalid-query-parameter", name);
    }

    private static async Task<IEnumerable<string>> ListAsync(ApiHost api, string query) =>
        (await api.Client.GetAsync("/tags" + query, HttpStatusCode.OK))
            .GetProperty("data")
            .EnumerateArray()
            .Select((JsonElement tag) => $"{tag.Text("value")} {tag.GetProperty("videoCount").GetInt32()}");
}
