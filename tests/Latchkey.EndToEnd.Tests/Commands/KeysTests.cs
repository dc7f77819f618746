using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Commands;

public sealed class KeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_make_a_key_beside_a_running_server_use_it_and_revoke_it()
    {
        await using var server = await Server.StartAsync();
        var settings = new CommandSettings(_folder.Path, server.Settings);

        var made = JsonNode.Parse(
            await Command.SucceedAsync(Folders.Binary, ["keys", "create", "--name", "My app", "--scopes", "video,app", "--json"], settings)
        )!;
        var (id, secret) = ((string)made["id"]!, (string)made["secret"]!);

        (await ListVideosAsync(server, secret)).ShouldBe(HttpStatusCode.OK);

        var list = await Command.SucceedAsync(Folders.Binary, ["keys", "list"], settings);
        list.ShouldMatch($"{id} +My app +…{secret[^4..]} +video,app +production");
        list.ShouldNotContain(secret);

        await Command.SucceedAsync(Folders.Binary, ["keys", "revoke", id], settings);

        (await Command.SucceedAsync(Folders.Binary, ["keys", "list"], settings)).ShouldMatch($"{id} .*revoked");
        await Eventually.TrueAsync(
            async () => await ListVideosAsync(server, secret) == HttpStatusCode.Unauthorized,
            TimeSpan.FromSeconds(40),
            () => "The revoked key still works."
        );
    }

    [Fact]
    public async Task Can_make_the_first_key_of_an_empty_folder_and_shows_its_secret_once()
    {
        var output = await Command.SucceedAsync(
            Folders.Binary,
            ["keys", "create", "--scopes", "video", "--sandbox", "--expires", "30d"],
            new(_folder.Path)
        );

        var secret = output.Split('\n')[0].Split(' ')[^1].Trim();
        secret.ShouldStartWith("lk_test_");
        output.ShouldContain("video, sandbox");
        output.Split(secret).Length.ShouldBe(2);
        (await Command.SucceedAsync(Folders.Binary, ["keys", "list"], new(_folder.Path))).ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("There is no scope 'vide'", "--scopes", "vide")]
    [InlineData("There is no scope '3'", "--scopes", "3")]
    [InlineData("'--scopes' is required", "--name", "x")]
    [InlineData("'soon' is no time", "--scopes", "video", "--expires", "soon")]
    [InlineData("is in the past", "--scopes", "video", "--expires", "2020-01-01")]
    public async Task Cannot_make_a_key_of_a_bad_wish(string complaint, params string[] wish)
    {
        var command = await Command.RunAsync(Folders.Binary, ["keys", "create", .. wish], new(_folder.Path));

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain(complaint);
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_revoke_a_key_that_there_is_not()
    {
        var command = await Command.RunAsync(Folders.Binary, ["keys", "revoke", "lk_live_secret"], new(_folder.Path));

        command.ExitCode.ShouldBe(1);
        command.Errors.ShouldContain("There is no key with this id");
        command.Errors.ShouldNotContain("lk_live_secret");
    }

    private static async Task<HttpStatusCode> ListVideosAsync(Server server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/videos"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{key}:")));
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        return response.StatusCode;
    }
}
