using System.Diagnostics;
using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public sealed class ConfigurationFileTests : IDisposable
{
    private const string ShortId = "7bb45050";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("config.json");

    private string Backup => Path + ".before-latchkey";

    private ConfigurationFile Written(string text = RealityConfiguration.Text, string? path = null)
    {
        File.WriteAllText(path ?? Path, text);

        return new ConfigurationFile(Path, "vless-reality", ShortId);
    }

    [Fact]
    public async Task Can_add_the_short_id_and_leave_all_else_as_it_is()
    {
        var file = Written();

        (await AddAsync(file)).ShouldBeTrue();

        var expected = Parse(RealityConfiguration.Text);
        Reality(expected)["shortIds"]!.AsArray().Add(ShortId);
        JsonNode.DeepEquals(Parse(File.ReadAllText(Path)), expected).ShouldBeTrue(File.ReadAllText(Path));
        File.ReadAllText(Backup).ShouldBe(RealityConfiguration.Text);
        Directory.GetFiles(_folder.Path).Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("aabbccdd")]
    [InlineData("AABBCCDD")]
    public async Task Can_leave_a_file_alone_that_has_the_short_id(string shortId)
    {
        Written();

        (await AddAsync(new ConfigurationFile(Path, "vless-reality", shortId))).ShouldBeFalse();

        File.ReadAllText(Path).ShouldBe(RealityConfiguration.Text);
        File.Exists(Backup).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_leave_a_core_without_reality_alone()
    {
        var file = Written("""{ "inbounds": [{ "tag": "vless-reality", "streamSettings": { "security": "none" } }] }""");

        (await AddAsync(file)).ShouldBeFalse();

        File.Exists(Backup).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_add_a_short_id_that_the_core_refuses()
    {
        var file = Written();

        var failure = await Should.ThrowAsync<CoreException>(() =>
            file.AddShortIdAsync((_, _) => throw new CoreException("It is refused."), TestContext.Current.CancellationToken)
        );

        failure.Message.ShouldBe("It is refused.");
        File.ReadAllText(Path).ShouldBe(RealityConfiguration.Text);
        Directory.GetFiles(_folder.Path).ShouldBe([Path]);
    }

    [Fact]
    public async Task Can_replace_our_users_and_leave_foreign_ones()
    {
        var file = Written();

        await file.WriteUsersAsync(
            [
                new CoreUser("user_2_11111111", "11111111-0000-4000-8000-000000000002", "xtls-rprx-vision"),
                new CoreUser("user_3_22222222", "22222222-0000-4000-8000-000000000003", ""),
            ],
            TestContext.Current.CancellationToken
        );

        Clients()
            .ToJsonString()
            .ShouldBe(
                $$"""[{"id":"{{RealityConfiguration.StrangerId}}","email":"boss@example.com","flow":"xtls-rprx-vision"},"""
                    + """{"id":"11111111-0000-4000-8000-000000000002","email":"user_2_11111111","flow":"xtls-rprx-vision"},"""
                    + """{"id":"22222222-0000-4000-8000-000000000003","email":"user_3_22222222"}]"""
            );
        Parse(File.ReadAllText(Path))["outbounds"]!.ToJsonString().ShouldBe("""[{"protocol":"freedom"}]""");
    }

    [Fact]
    public async Task Can_keep_the_file_that_was_there_before_us_through_many_changes()
    {
        var file = Written();

        await AddAsync(file);
        await file.WriteUsersAsync([User(4)], TestContext.Current.CancellationToken);
        await file.WriteUsersAsync([User(5)], TestContext.Current.CancellationToken);

        File.ReadAllText(Backup).ShouldBe(RealityConfiguration.Text);
        Clients().ToJsonString().ShouldContain("user_5_");
        Reality(Parse(File.ReadAllText(Path)))["shortIds"]!.ToJsonString().ShouldContain(ShortId);
    }

    [Fact]
    public async Task Can_be_read_whole_at_any_moment_of_a_change()
    {
        var file = Written();
        var writing = Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
                await file.WriteUsersAsync(Enumerable.Range(0, 2000).Select(id => User(id)), TestContext.Current.CancellationToken);
        });
        var sizes = new HashSet<int>();

        while (!writing.IsCompleted)
            sizes.Add(Clients().Count);

        await writing;
        sizes.Add(Clients().Count);
        // The file of before, and the changed one: never a part of one.
        sizes.ShouldBeSubsetOf([2, 2001]);
        sizes.ShouldContain(2001);
    }

    [Fact]
    public async Task Can_go_on_over_what_a_killed_writer_left()
    {
        var file = Written();
        File.WriteAllText(Path + ".latchkey-new.json", "{ half");

        await file.WriteUsersAsync([User(6)], TestContext.Current.CancellationToken);

        Clients().ToJsonString().ShouldContain("user_6_");
        File.Exists(Path + ".latchkey-new.json").ShouldBeFalse();
    }

    [Fact]
    public async Task Can_keep_the_mode_and_the_link()
    {
        var real = _folder.File("real.json");
        var file = Written(path: real);
        File.CreateSymbolicLink(Path, real);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(real, mode);

        (await AddAsync(file)).ShouldBeTrue();

        new FileInfo(Path).LinkTarget.ShouldBe(real);
        File.GetUnixFileMode(real).ShouldBe(mode);
        File.ReadAllText(real).ShouldContain(ShortId);
    }

    [Fact]
    public async Task Can_keep_the_owner_when_root_writes()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give files away.");
        var file = Written();
        await AskAsync("chown", "65534:12", Path);

        await AddAsync(file);

        (await AskAsync("stat", "-c", "%u:%g", Path)).ShouldBe("65534:12");
    }

    [Theory]
    [InlineData("{ no json", "it is not JSON (line 1)")]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("{}", "it has no inbound with the tag vless-reality")]
    [InlineData("""{ "inbounds": { "tag": "vless-reality" } }""", "it has no inbound with the tag vless-reality")]
    [InlineData("""{ "inbounds": [{ "tag": 5 }, 7, null] }""", "it has no inbound with the tag vless-reality")]
    [InlineData("""{ "inbounds": [], "inbounds": [] }""", "a name stands in it twice")]
    public async Task Cannot_use_a_file_of_another_form(string text, string complaint)
    {
        var file = Written(text);

        (await Should.ThrowAsync<CoreException>(() => AddAsync(file))).Message.ShouldContain(complaint);
        (
            await Should.ThrowAsync<CoreException>(() => file.WriteUsersAsync([User(7)], TestContext.Current.CancellationToken))
        ).Message.ShouldContain(complaint);

        File.ReadAllText(Path).ShouldBe(text);
        Directory.GetFiles(_folder.Path).ShouldBe([Path]);
    }

    [Fact]
    public async Task Can_bear_users_of_any_form()
    {
        var file = Written("""{ "inbounds": [{ "tag": "vless-reality", "settings": { "clients": [{ "email": 5 }, "x", null] } }] }""");

        await file.WriteUsersAsync([User(8)], TestContext.Current.CancellationToken);

        Clients().Count.ShouldBe(4);
    }

    [Fact]
    public async Task Cannot_use_a_folder()
    {
        Directory.CreateDirectory(Path);

        var failure = await Should.ThrowAsync<CoreException>(() => AddAsync(new ConfigurationFile(Path, "vless-reality", ShortId)));

        failure.Message.ShouldBe($"The core's configuration file {Path} cannot be used: it is a folder.");
    }

    [Fact]
    public async Task Cannot_write_beside_a_file_where_nothing_may_be_written()
    {
        var file = Written();
        // To root, too, the name of the new file is taken.
        Directory.CreateDirectory(Path + ".latchkey-new.json");

        (await Should.ThrowAsync<CoreException>(() => AddAsync(file))).Message.ShouldContain("it cannot be written");

        File.ReadAllText(Path).ShouldBe(RealityConfiguration.Text);
    }

    private static Task<bool> AddAsync(ConfigurationFile file) =>
        file.AddShortIdAsync((_, _) => Task.CompletedTask, TestContext.Current.CancellationToken);

    private static CoreUser User(int id) => new($"user_{id}_33333333", $"33333333-0000-4000-8000-{id:000000000000}", "");

    private JsonArray Clients() => Parse(File.ReadAllText(Path))["inbounds"]![0]!["settings"]!["clients"]!.AsArray();

    private static JsonNode Reality(JsonNode root) => root["inbounds"]![0]!["streamSettings"]!["realitySettings"]!;

    private static JsonNode Parse(string text) =>
        JsonNode.Parse(
            text,
            documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true }
        )!;

    private static async Task<string> AskAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        return said.Trim();
    }
}
