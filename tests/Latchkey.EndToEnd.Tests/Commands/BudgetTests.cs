using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class BudgetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_limit_a_key_beside_a_running_server()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["LATCHKEY_MODULES"] = "generation" });
        var settings = new CommandSettings(_folder.Path, server.Settings);
        var made = JsonNode.Parse(await RunAsync(settings, "keys", "create", "--scopes", "generation", "--sandbox", "--json"))!;
        var id = (string)made["id"]!;
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)made["secret"]!);

        (await BudgetAsync(settings, id)).ShouldContain("Credits left: without limit");
        (await BudgetAsync(settings, id, "--credits", "3", "--models", "z-image,sandbox-image")).ShouldContain(
            "Models: z-image, sandbox-image"
        );

        // The server counts by it at once.
        (await OrderAsync(client, "sandbox-video")).ShouldBe(HttpStatusCode.Forbidden);
        (await OrderAsync(client, "sandbox-image")).ShouldBe(HttpStatusCode.OK);
        (await OrderAsync(client, "topaz-image-upscale")).ShouldBe(HttpStatusCode.BadRequest);
        var left = JsonNode.Parse(await BudgetAsync(settings, id, "--add", "10", "--models", "all", "--json"))!;
        ((long)left["available"]!).ShouldBe(12);
        left["models"].ShouldBeNull();
        ((long)(await client.GetFromJsonAsync<JsonNode>("/api/budget"))!["available"]!).ShouldBe(12);

        (await BudgetAsync(settings, id, "--credits", "0")).ShouldContain("Credits left: 0");
        (await OrderAsync(client, "sandbox-image")).ShouldBe(HttpStatusCode.PaymentRequired);
        (await BudgetAsync(settings, id, "--credits", "unlimited")).ShouldContain("without limit");
        (await OrderAsync(client, "sandbox-image")).ShouldBe(HttpStatusCode.OK);

        await ComplainsAsync(settings, "nothing to add to", id, "--add", "5");
        await ComplainsAsync(settings, "There is no model 'z-imag'", id, "--models", "z-imag");
        await ComplainsAsync(settings, "There is no key with this id", "lk_live_secret", "--credits", "5");
    }

    [Theory]
    [InlineData("'much' must be a number", "--credits", "much")]
    [InlineData("'-1' must be a number", "--credits=-1")]
    [InlineData("'0' must be a number", "--add", "0")]
    [InlineData("Say --credits or --add, not both", "--add", "1", "--credits", "1")]
    public async Task Cannot_set_a_bad_budget(string complaint, params string[] wish)
    {
        await ComplainsAsync(new(_folder.Path), complaint, ["key_1", .. wish]);
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }

    private static async Task<HttpStatusCode> OrderAsync(HttpClient client, string model)
    {
        var kind = model == "sandbox-video" ? "video" : "photo";
        using var answer = await client.PostAsJsonAsync("/api/generate/" + kind, new { model, prompt = $"A fox {Guid.NewGuid()}" });

        return answer.StatusCode;
    }

    private static Task<string> BudgetAsync(CommandSettings settings, params string[] arguments) =>
        RunAsync(settings, ["generation", "budget", .. arguments]);

    private static async Task ComplainsAsync(CommandSettings settings, string complaint, params string[] arguments)
    {
        var command = await Command.RunAsync(Folders.Binary, ["generation", "budget", .. arguments], settings);

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain(complaint);
        command.Errors.ShouldNotContain("lk_live_secret");
    }

    private static Task<string> RunAsync(CommandSettings settings, params string[] arguments) =>
        Command.SucceedAsync(Folders.Binary, arguments, settings);
}
