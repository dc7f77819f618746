using System.Globalization;
using Latchkey.Testing;
using Latchkey.Vpn.Import;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Import;

/// <summary><c>latchkey vpn import</c>.</summary>
public class KeyImportTests
{
    private static readonly DateTimeOffset Created = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public async Task Can_take_over_a_veil()
    {
        using var panel = PanelDatabase
            .Veil()
            .With(
                $"""
                INSERT INTO keys VALUES (3, '{Uuid(3)}', '7bb45050', 'Вася <b>', 1700000000, 1, NULL), (7, '{Uuid(
                        7
                    ).ToUpperInvariant()}', '7bb45050', NULL, 1700000000, 0, NULL);
                INSERT INTO traffic_stats VALUES (1, 3, 1000, 2000, 1700000500);
                """
            );
        await using var data = await ImportData.OpenAsync();

        var summary = await data.ImportAsync(panel);

        summary.ShouldSatisfyAllConditions(
            () => summary.Source.ShouldBe(ImportSource.Veil),
            () => summary.Imported.ShouldBe(2),
            () => summary.AlreadyThere.ShouldBe(0),
            () => summary.RenumberedFrom.ShouldBeEmpty(),
            () => summary.Left.ShouldBeEmpty(),
            () => summary.Remarks.ShouldBeEmpty()
        );
        var keys = await data.KeysAsync();
        keys.Select(key =>
                (key.Id, key.Uuid, key.Name, key.CreatedAt, Paused: key.PausedAt is not null, key.Traffic.Upload, key.Traffic.Download)
            )
            .ShouldBe([(3, Uuid(3), "Вася <b>", Created, false, 1000, 2000), (7, Uuid(7), null, Created, true, 0, 0)]);
        keys.ShouldAllBe(key => key.ShortId == "7bb45050");
        keys[0].SearchText.ShouldContain("вася");
    }

    [Fact]
    public async Task Can_take_over_a_marzban()
    {
        using var panel = PanelDatabase
            .Marzban()
            .With(
                $$"""
                INSERT INTO users (id, username, status, used_traffic, data_limit, data_limit_reset_strategy, expire, created_at, note, on_hold_expire_duration) VALUES
                    (1, 'anna', 'active', 5000, 1000000, 'month', 1900000000, '2023-11-14 22:13:20.000000', 'VIP', NULL),
                    (2, 'boris', 'disabled', 0, NULL, 'no_reset', NULL, '2023-11-14 22:13:20.000000', NULL, NULL),
                    (3, 'clara', 'limited', 700, 600, 'no_reset', 0, '2023-11-14 22:13:20.000000', NULL, NULL),
                    (4, 'dora', 'expired', 0, 0, 'no_reset', 1600000000, '2023-11-14 22:13:20.000000', NULL, NULL),
                    (5, 'emil', 'on_hold', 0, 0, 'no_reset', NULL, NULL, NULL, 86400),
                    (6, 'frida', 'active', 0, 0, 'no_reset', NULL, NULL, NULL, NULL);
                INSERT INTO proxies (user_id, type, settings) VALUES
                    (1, 'VLESS', '{"id": "{{Uuid(1)}}", "flow": "xtls-rprx-vision"}'), (1, 'VMess', '{"id": "{{Uuid(99)}}"}'),
                    (2, 'VLESS', '{"id": "{{Uuid(2)}}"}'), (3, 'VLESS', '{"id": "{{Uuid(3)}}"}'), (4, 'VLESS', '{"id": "{{Uuid(4)}}"}'),
                    (5, 'VLESS', '{"id": "{{Uuid(5)}}"}'), (6, 'Trojan', '{"password": "x"}');
                """
            );
        await using var data = await ImportData.OpenAsync();

        var summary = await data.ImportAsync(panel);

        summary.Source.ShouldBe(ImportSource.Marzban);
        summary.Imported.ShouldBe(5);
        summary
            .Left.Single()
            .ShouldSatisfyAllConditions(
                left => left.Row.ShouldBe("users.username frida"),
                left => left.Reason.English.ShouldBe("it has no VLESS user")
            );
        summary.Remarks.Single().English.ShouldContain("begin with their first use: 1");
        var keys = await data.KeysAsync();
        keys.Select(key => key.State(ImportData.Now))
            .ShouldBe([KeyState.Active, KeyState.Paused, KeyState.Limited, KeyState.Expired, KeyState.Active]);
        keys.Select(key => key.Uuid).ShouldBe([Uuid(1), Uuid(2), Uuid(3), Uuid(4), Uuid(5)]);
        keys[0]
            .ShouldSatisfyAllConditions(
                key => key.Name.ShouldBe("anna"),
                key => key.Note.ShouldBe("VIP"),
                key => key.CreatedAt.ShouldBe(Created),
                key => key.DataLimit.ShouldBe(1000000),
                key => key.ExpiresAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000)),
                key => key.ResetPeriod.ShouldBe(ResetPeriod.Monthly),
                key => key.Traffic.Total.ShouldBe(5000),
                // Not at once: what was used is to be seen.
                key => key.Traffic.NextResetAt.ShouldBe(ImportData.Now.AddMonths(1))
            );
        keys[2].Traffic.Notice.ShouldBe(KeyNotice.LimitReached);
        keys[3].Traffic.Notice.ShouldBe(KeyNotice.Expired);
        keys[4].ExpiresAt.ShouldBe(ImportData.Now.AddDays(1));
    }

    [Fact]
    public async Task Can_take_over_a_3x_ui()
    {
        using var panel = PanelDatabase
            .ThreeXUi()
            .With(
                $$"""
                INSERT INTO inbounds (id, enable, protocol, traffic_reset, settings) VALUES
                    (1, 1, 'vless', 'weekly', '{"clients": [
                        {"id": "{{Uuid(
                    1
                )}}", "email": "anna", "enable": true, "totalGB": 1000000, "expiryTime": 1900000000000, "limitIp": 2, "comment": "VIP", "created_at": 1700000000000, "tgId": ""},
                        {"id": "{{Uuid(2)}}", "email": "boris", "enable": false, "totalGB": 0, "expiryTime": 0, "limitIp": 0, "reset": 30},
                        {"id": "{{Uuid(3)}}", "email": "clara", "enable": true, "expiryTime": -86400000},
                        {"id": "not a uuid", "email": "dora", "enable": true}], "decryption": "none"}'),
                    (2, 0, 'vless', 'never', '{"clients": [{"id": "{{Uuid(5)}}", "email": "emil", "enable": true}, {"id": "{{Uuid(
                    1
                )}}", "email": "anna2", "enable": true}]}'),
                    (3, 1, 'vmess', 'never', '{"clients": [{"id": "{{Uuid(6)}}", "email": "frida", "enable": true}]}'),
                    (4, 1, 'vless', 'never', 'broken');
                INSERT INTO client_traffics (inbound_id, enable, email, up, down) VALUES (1, 1, 'anna', 11, 22), (1, 1, 'stranger', 1, 1);
                """
            );
        await using var data = await ImportData.OpenAsync();

        var summary = await data.ImportAsync(panel);

        summary.Source.ShouldBe(ImportSource.ThreeXUi);
        summary.Imported.ShouldBe(4);
        summary
            .Left.Select(left => $"{left.Row}: {left.Reason.English}")
            .ShouldBe([
                "inbounds.id 1, email dora: its id is no UUID",
                "inbounds.id 4: it has no VLESS user",
                "inbounds.id 2, email anna2: it has the same UUID as inbounds.id 1, email anna",
            ]);
        summary.Remarks.Count.ShouldBe(2);
        var keys = await data.KeysAsync();
        keys.Select(key => (key.Name, key.State(ImportData.Now), key.Traffic.Upload, key.Traffic.Download))
            .ShouldBe([
                ("anna", KeyState.Active, 11, 22),
                ("boris", KeyState.Paused, 0, 0),
                ("clara", KeyState.Active, 0, 0),
                ("emil", KeyState.Paused, 0, 0),
            ]);
        keys[0]
            .ShouldSatisfyAllConditions(
                key => key.Note.ShouldBe("VIP"),
                key => key.CreatedAt.ShouldBe(Created),
                key => key.DataLimit.ShouldBe(1000000),
                key => key.DeviceLimit.ShouldBe(2),
                key => key.ResetPeriod.ShouldBe(ResetPeriod.Weekly),
                key => key.ExpiresAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000))
            );
        keys[1].DeviceLimit.ShouldBeNull();
        keys[2].ExpiresAt.ShouldBe(ImportData.Now.AddDays(1));
    }

    [Fact]
    public async Task Can_be_run_again_and_imports_only_what_is_new()
    {
        using var panel = PanelDatabase.Veil().With(Keys(1, 2));
        await using var data = await ImportData.OpenAsync();
        await data.ImportAsync(panel);
        await data.WithAsync(db =>
            db.Keys.Where(key => key.Id == 1).ExecuteUpdateAsync(set => set.SetProperty(key => key.Name, "renamed"))
        );

        panel.With(Keys(3));
        var summary = await data.ImportAsync(panel);

        (summary.Imported, summary.AlreadyThere).ShouldBe((1, 2));
        (await data.KeysAsync()).Select(key => (key.Id, key.Name)).ShouldBe([(1, "renamed"), (2, "name 2"), (3, "name 3")]);
    }

    [Fact]
    public async Task Can_keep_the_numbers_that_are_free_and_gives_new_ones_for_the_rest()
    {
        await using var data = await ImportData.OpenAsync();
        using var first = PanelDatabase.Veil().With(Keys(1, 2, 3));
        await data.ImportAsync(first);
        // Number 3 is nobody's any more, but it was.
        await data.WithAsync(db => db.Keys.Where(key => key.Id == 3).ExecuteDeleteAsync());
        using var second = PanelDatabase
            .Veil()
            .With(
                $"INSERT INTO keys VALUES (2, '{Uuid(22)}', '7bb45050', 'b', 1, 1, NULL), (3, '{Uuid(33)}', '7bb45050', 'c', 1, 1, NULL), (5, '{Uuid(55)}', '7bb45050', 'e', 1, 1, NULL);"
            );

        var summary = await data.ImportAsync(second);

        (summary.Imported, summary.AlreadyThere).ShouldBe((3, 0));
        summary.RenumberedFrom.ShouldBe([2, 3]);
        (await data.KeysAsync())
            .Select(key => (key.Id, key.Uuid))
            .ShouldBe([(1, Uuid(1)), (2, Uuid(2)), (5, Uuid(55)), (6, Uuid(22)), (7, Uuid(33))]);
    }

    [Fact]
    public async Task Can_say_what_would_be_done_and_do_nothing()
    {
        using var panel = PanelDatabase.Veil().With(Keys(1, 2, 3));
        await using var data = await ImportData.OpenAsync();

        var foreseen = await data.ImportAsync(panel, isDryRun: true);

        (await data.KeysAsync()).ShouldBeEmpty();
        foreseen.Imported.ShouldBe(3);
        (await data.ImportAsync(panel)).Imported.ShouldBe(3);
        (await data.KeysAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Can_leave_the_source_as_it_is()
    {
        using var panel = PanelDatabase.Veil().With(Keys(1));
        await using var data = await ImportData.OpenAsync();
        // What was written last is not in the file itself yet.
        new FileInfo(panel.Path + "-wal").Length.ShouldBeGreaterThan(0);
        var before = (
            await File.ReadAllBytesAsync(panel.Path, TestContext.Current.CancellationToken),
            new FileInfo(panel.Path + "-wal").Length
        );

        (await data.ImportAsync(panel)).Imported.ShouldBe(1);

        (await File.ReadAllBytesAsync(panel.Path, TestContext.Current.CancellationToken)).ShouldBe(before.Item1);
        new FileInfo(panel.Path + "-wal").Length.ShouldBe(before.Item2);
    }

    [Fact]
    public async Task Can_cut_texts_that_do_not_fit_and_say_so()
    {
        using var panel = PanelDatabase
            .Veil()
            .With(
                $"INSERT INTO keys VALUES (1, '{Uuid(1)}', 'aabbccdd', 'a' || char(10) || '{new string('я', 300)}', 1700000000, 1, NULL);"
            );
        await using var data = await ImportData.OpenAsync();

        var summary = await data.ImportAsync(panel);

        (await data.KeysAsync()).Single().Name.ShouldBe("a" + new string('я', 254));
        summary.Remarks[0].English.ShouldContain("cut to what fits: 1");
        summary.Remarks[1].English.ShouldContain("aabbccdd");
    }

    [Fact]
    public async Task Can_take_over_many()
    {
        const int count = 2500;
        using var panel = PanelDatabase.Veil();
        panel.With(
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) INSERT INTO keys SELECT i, printf('00000000-0000-4000-8000-%012d', i), '7bb45050', 'name ' || i, 1700000000, 1, NULL FROM n;"
        );
        await using var data = await ImportData.OpenAsync();

        (await data.ImportAsync(panel)).Imported.ShouldBe(count);

        var keys = await data.KeysAsync();
        keys.Count.ShouldBe(count);
        keys.ShouldAllBe(key => key.Name == $"name {key.Id}");
    }

    [Fact]
    public async Task Can_import_beside_a_running_server_whose_core_lets_the_keys_in_soon()
    {
        await using var core = await RealCore.StartAsync();
        await using var host = await VpnHost.StartAsync(core);
        var old = (string)(await host.CreateKeyAsync())["uuid"]!;
        await Eventually.IsTrueAsync(() => core.IsUserAsync(old));
        using var panel = PanelDatabase.Veil().With(Keys(50, 51));
        await using var data = await ImportData.OpenAsync(host.Host.DataPath);

        (await data.ImportAsync(panel)).Imported.ShouldBe(2);

        // V2Ray cannot list its users, and is told everything again only every ten minutes.
        await Eventually.IsTrueAsync(() => core.IsUserAsync(Uuid(51)), "the core was not told of the imported keys");
        (await host.SendAsync(HttpMethod.Get, "/api/keys/50")).Status.ShouldBe(200);
        ((long)(await host.CreateKeyAsync())["key_id"]!).ShouldBe(52);
    }

    [Theory]
    [InlineData("", "cannot be read as an SQLite database", "There is no file")]
    [InlineData("this is text, and no database at all: it only has the name of one", "cannot be read as an SQLite database", null)]
    public async Task Cannot_read_what_is_no_database(string content, string complaint, string? orElse)
    {
        using var folder = new TemporaryFolder();
        await using var data = await ImportData.OpenAsync();
        var path = folder.File("panel.db");

        if (orElse is null)
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<ImportException>(() => data.ImportAsync(path))).Message.ShouldContain(orElse ?? complaint);
    }

    [Fact]
    public async Task Cannot_take_one_panel_for_another()
    {
        using var panel = PanelDatabase.Veil().With(Keys(1));
        await using var data = await ImportData.OpenAsync();

        (await Should.ThrowAsync<ImportException>(() => data.ImportAsync(panel.Path, ImportSource.Marzban))).Message.ShouldContain(
            "has not the tables"
        );
        (await data.ImportAsync(panel.Path, ImportSource.Veil)).Imported.ShouldBe(1);
    }

    private static string Uuid(int number) => string.Create(CultureInfo.InvariantCulture, $"aaaaaaaa-0000-4000-8000-{number:000000000000}");

    private static string Keys(params int[] numbers) =>
        string.Concat(
            numbers.Select(number =>
                $"INSERT INTO keys VALUES ({number}, '{Uuid(number)}', '7bb45050', 'name {number}', 1700000000, 1, NULL);"
            )
        );
}
