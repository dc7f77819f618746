using System.Net;
using System.Text.RegularExpressions;
using Latchkey.Generation.Publishing;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Tests.Emulators;
using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Supabase;

/// <summary>Projects that are set up by half, or change while the server does not run.</summary>
public class ProjectTests
{
    [Fact]
    public async Task Can_carry_over_after_a_restart_what_the_project_was_away_for()
    {
        await using var host = await GenerationHost.StartWithSupabaseAsync();
        var project = host.Emulators.Supabase;
        (project.StorageIsAway, project.RowsAreAway) = (true, true);
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" });
        await host.WaitAsync(jobId);
        host.Step = TimeSpan.FromMinutes(1);
        await host.TurnUntilAsync(() => host.ReadAsync(db => db.Mirrors.AnyAsync(mirror => mirror.Attempts > 8)));
        host.Step = TimeSpan.FromSeconds(1);
        (project.StorageIsAway, project.RowsAreAway) = (false, false);
        var before = host.Time.GetUtcNow();

        await host.RestartAsync(host.SettingsWithSupabase());

        // And not when its next turn would have been, minutes later.
        await ToldAsync(host, jobId);
        (host.Time.GetUtcNow() - before).ShouldBeLessThan(TimeSpan.FromMinutes(1));
        project.Rows[jobId]["status"]!.GetValue<string>().ShouldBe("success");
        project.Files.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Can_carry_over_what_was_made_before_there_was_a_project()
    {
        await using var host = await GenerationHost.StartAsync();
        using var client = await host.ClientOfAsync();
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" }, client);
        await host.WaitAsync(jobId, client: client);
        (await host.ReadAsync(db => db.Mirrors.AnyAsync())).ShouldBeFalse();

        await host.RestartAsync(host.SettingsWithSupabase());

        await ToldAsync(host, jobId);
        host.Emulators.Supabase.Rows[jobId]["preview_status"]!.GetValue<string>().ShouldBe("ready");
        using var again = host.ClientWith(client.DefaultRequestHeaders.Authorization!.Parameter!);
        (await host.GetAsync("/api/library", client: again))["items"]![0]!["originalUrl"]!
            .GetValue<string>()
            .ShouldStartWith(host.Emulators.Supabase.Address);
    }

    [Fact]
    public async Task Can_tell_a_project_that_was_not_set_for_a_while_how_a_generation_ended()
    {
        await using var host = await GenerationHost.StartWithSupabaseAsync();
        host.Emulators.Kie.Holds = true;
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" });
        await ToldAsync(host, jobId);

        await host.RestartAsync(host.Emulators.Settings(withKeys: true));
        host.Emulators.Kie.Holds = false;
        await host.TurnUntilAsync(async () => (await host.RowAsync(jobId)).HasEnded);
        await host.RestartAsync(host.SettingsWithSupabase());

        await ToldAsync(host, jobId);
        host.Emulators.Supabase.Rows[jobId]["status"]!.GetValue<string>().ShouldBe("success");
    }

    [Fact]
    public async Task Can_write_to_a_table_that_lacks_columns_and_says_which()
    {
        await using var host = await GenerationHost.StartWithSupabaseAsync();
        host.Emulators.Supabase.Columns = ["id", "user_id", "status", "prompt", "original_path", "latchkey_revision"];
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" });
        await host.WaitAsync(jobId);
        await ToldAsync(host, jobId);

        host.Emulators.Supabase.Rows[jobId].Count.ShouldBe(6);
        host.Host.Logs.Count(line => line.Text.Contains("no column model_id")).ShouldBe(1);
    }

    [Fact]
    public async Task Can_publish_a_clip_before_its_file_is_carried_over()
    {
        var sink = new BusySink();
        await using var host = await GenerationHost.StartWithSupabaseAsync(sink);
        var jobId = await host.OrderAsync(
            "/api/generate/video",
            new
            {
                model = "sandbox-video",
                prompt = "A fox",
                publish = true,
            }
        );
        await host.WaitAsync(jobId);

        await ToldAsync(host, jobId);

        sink.Offers.ShouldBe([true, true, true]);
        host.Emulators.Supabase.Rows[jobId]["original_path"].ShouldNotBeNull();
    }

    /// <summary>Takes a clip when it is offered for the third time.</summary>
    private sealed class BusySink : IVideoSink
    {
        /// <summary>Whether the file was there.</summary>
        public List<bool> Offers { get; } = [];

        public Task<string> PublishAsync(string title, string path, CancellationToken cancellation)
        {
            Offers.Add(File.Exists(path));
            return Offers.Count < 3 ? throw new HttpRequestException("Busy.") : Task.FromResult("vi123");
        }
    }

    [Fact]
    public async Task Can_have_users_without_keeping_anything_in_the_project()
    {
        await using var host = await GenerationHost.StartAsync();
        var project = host.Emulators.Supabase;
        await host.RestartAsync([.. host.Emulators.Settings(withKeys: true), (SupabaseSettings.Url, project.Address)]);
        using var client = host.ClientOf(Guid.NewGuid());

        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" }, client);
        var job = await host.WaitAsync(jobId, client: client);

        job["results"]![0]!["url"]!.GetValue<string>().ShouldNotContain(project.Address);
        project.Rows.ShouldBeEmpty();
        (await host.ReadAsync(db => db.Mirrors.AnyAsync())).ShouldBeFalse();

        // Without the shared secret nobody can be told by it.
        using var old = host.ClientOf(Guid.NewGuid(), "HS256");
        await host.GetAsync("/api/library", HttpStatusCode.Unauthorized, old);
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("bad key", "refuses this key")]
    [InlineData("no table", "table generations is missing")]
    [InlineData("old table", "table generations is missing, or older")]
    [InlineData("no bucket", "storage bucket generations is missing")]
    [InlineData("no project", "SUPABASE_URL is needed")]
    public async Task Can_say_whether_the_service_key_works(string project, string? expected)
    {
        await using var emulator = await Emulator.StartAsync(new SupabaseEmulator(TimeProvider.System));
        emulator.HasTable = project != "no table";
        emulator.HasBucket = project != "no bucket";

        if (project == "old table")
            emulator.Columns.Remove("latchkey_revision");

        var values = new Dictionary<string, string>
        {
            [SupabaseSettings.ServiceKey.Name] = project == "bad key" ? "sb_secret_other" : SupabaseEmulator.ServiceKey,
        };

        if (project != "no project")
            values[SupabaseSettings.Url.Name] = emulator.Address + "/";

        using var http = new HttpClient();
        var problem = await SupabaseSettings.ServiceKey.CheckOnline!(new LatchkeySettings(values), http, CancellationToken.None);

        if (expected is null)
            problem.ShouldBeNull();
        else
            problem!.English.ShouldContain(expected);
    }

    [Fact]
    public async Task Can_say_whether_the_project_is_there_and_knows_the_key_of_apps()
    {
        await using var emulator = await Emulator.StartAsync(new SupabaseEmulator(TimeProvider.System));
        using var http = new HttpClient();
        var good = Settings((SupabaseSettings.Url, emulator.Address), (SupabaseSettings.AnonKey, SupabaseEmulator.AnonKey));
        var bad = Settings((SupabaseSettings.Url, emulator.Address), (SupabaseSettings.AnonKey, "sb_publishable_other"));

        (await SupabaseSettings.Url.CheckOnline!(good, http, CancellationToken.None)).ShouldBeNull();
        (await SupabaseSettings.AnonKey.CheckOnline!(good, http, CancellationToken.None)).ShouldBeNull();
        (await SupabaseSettings.AnonKey.CheckOnline!(bad, http, CancellationToken.None))!.English.ShouldContain("refuses this key");
    }

    /// <summary>The table that the guide has people make is the one that rows are written to.</summary>
    [Fact]
    public async Task Can_write_every_column_of_the_guides_table_and_no_other()
    {
        await using var host = await GenerationHost.StartWithSupabaseAsync();
        var jobId = await host.OrderAsync("/api/generate/photo", new { model = "sandbox-image", prompt = "A fox" });
        await host.WaitAsync(jobId);
        await ToldAsync(host, jobId);

        var sql = await File.ReadAllTextAsync(GuidePath(AppContext.BaseDirectory));
        var columns = Regex.Matches(
            sql,
            @"(?m)^(?:  |.* add column if not exists )(\w+) (?:uuid|text|jsonb|integer|bigint|double|boolean|timestamptz)"
        );

        host.Emulators.Supabase.Rows[jobId]
            .Select(column => column.Key)
            .ShouldBe(columns.Select(column => column.Groups[1].Value), ignoreOrder: true);
    }

    private static string GuidePath(string folder) =>
        File.Exists(Path.Combine(folder, "Latchkey.slnx"))
            ? Path.Combine(folder, "docs", "generation.md")
            : GuidePath(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!);

    [Fact]
    public void Can_name_half_a_configuration()
    {
        var url = (SupabaseSettings.Url, "https://fox.supabase.co");
        var key = (SupabaseSettings.ServiceKey, SupabaseEmulator.ServiceKey);

        SupabaseSettings.Url.Remark!(Settings(url))!.English.ShouldContain("SUPABASE_SERVICE_ROLE_KEY is not set");
        SupabaseSettings.Url.Remark!(Settings(url, key)).ShouldBeNull();
        SupabaseSettings.Url.RequiredWhen!(Settings(key)).ShouldBeTrue();
        SupabaseSettings.Url.RequiredWhen!(Settings()).ShouldBeFalse();
        SupabaseSettings.JwtSecret.Validate!("short").ShouldNotBeNull();
        SupabaseSettings.UserCredits.Remark!(Settings(url))!.English.ShouldContain("spends without limit");
    }

    private static LatchkeySettings Settings(params (Setting Setting, string Value)[] values) =>
        new(values.ToDictionary(value => value.Setting.Name, value => value.Value));

    private static Task ToldAsync(GenerationHost host, string jobId) =>
        host.TurnUntilAsync(() =>
            host.ReadAsync(db =>
                db.Mirrors.AnyAsync(mirror => mirror.GroupId == jobId && mirror.Told == mirror.Revision && mirror.DueAt == null)
            )
        );
}
