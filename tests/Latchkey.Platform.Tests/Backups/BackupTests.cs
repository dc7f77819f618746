using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Latchkey.Platform.Access;
using Latchkey.Platform.Backups;
using Latchkey.Platform.Data;
using Latchkey.Platform.Tests.Data;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Backups;

public sealed class BackupTests : IDisposable
{
    private const string StoredFile = "files/videos/vi1/v1/360p/0.m4s";

    private readonly TemporaryFolder _folder = new();

    private string Archive => File("backup.tar.gz");

    private string Target => File("restored/data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Can_restore_what_was_backed_up_beside_a_server()
    {
        await using var data = await DataAsync();
        using var server = data.Get<DataFolder>().TryLock();

        // Still in the write-ahead log when the backup is made.
        await using var writer = data.Get<Database>().OpenConnection();
        await AddKeyAsync(data, "in the log");
        new FileInfo(data.Get<Database>().Path + "-wal").Length.ShouldBeGreaterThan(0);

        var (manifest, size) = await data.Get<BackupWriter>().WriteAsync(Archive, withMedia: true, CancellationToken.None);

        manifest.HasMedia.ShouldBeTrue();
        size.ShouldBe(new FileInfo(Archive).Length);
        System.IO.File.GetUnixFileMode(Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFileSystemEntries(_folder.Path, "*.partial").ShouldBeEmpty();

        await using var restored = await RestoreAsync(Archive);

        (await restored.Db().ApiKeys.Select(key => key.Name).ToListAsync()).ShouldBe(["in the log"]);
        (await System.IO.File.ReadAllTextAsync(Path.Combine(Target, StoredFile))).ShouldBe("segment");
        (await System.IO.File.ReadAllTextAsync(Path.Combine(Target, "development-certificate.pem"))).ShouldBe("certificate");
        System.IO.File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        System.IO.File.Exists(Path.Combine(Target, "server.json")).ShouldBeFalse();
        Directory.Exists(Path.Combine(Target, "scratch")).ShouldBeFalse();
        LeftBeside().ShouldBe(["data"]);
    }

    [Fact]
    public async Task Can_leave_the_stored_files_out()
    {
        await using var data = await DataAsync();

        var (manifest, _) = await data.Get<BackupWriter>().WriteAsync(Archive, withMedia: false, CancellationToken.None);
        await using var restored = await RestoreAsync(Archive);

        manifest.HasMedia.ShouldBeFalse();
        Directory.Exists(Path.Combine(Target, "files")).ShouldBeFalse();
        System.IO.File.Exists(Path.Combine(Target, "development-certificate.pem")).ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_replace_data_unless_told_to_and_then_keeps_them()
    {
        await BackUpAsync();
        Directory.CreateDirectory(Target);
        await System.IO.File.WriteAllTextAsync(Path.Combine(Target, "mine"), "mine");

        (await RefusalAsync(Archive)).ShouldContain("is not empty");
        LeftBeside().ShouldBe(["data"]);

        await using var target = await TestData.CreateAsync(path: Target, prepare: false);
        var (_, former) = await target.Get<BackupRestore>().RestoreAsync(Archive, replaces: true, CancellationToken.None);

        System.IO.File.Exists(Path.Combine(Target, "mine")).ShouldBeFalse();
        (await System.IO.File.ReadAllTextAsync(Path.Combine(former!, "mine"))).ShouldBe("mine");
    }

    [Fact]
    public async Task Cannot_restore_under_a_running_server()
    {
        await BackUpAsync();
        using var server = new DataFolder(Target).TryLock();

        (await RefusalAsync(Archive)).ShouldContain("A server is running");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(-100)]
    [InlineData(-3000)]
    public async Task Cannot_restore_what_was_cut_off(int length)
    {
        await BackUpAsync();
        var bytes = await System.IO.File.ReadAllBytesAsync(Archive);
        await System.IO.File.WriteAllBytesAsync(File("cut"), bytes[..(length < 0 ? bytes.Length + length : length)]);

        var refusal = await RefusalAsync(File("cut"));

        refusal.ShouldMatch("is no backup|is damaged or not whole");
        LeftBeside().ShouldBe(["data"]);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.99)]
    public async Task Cannot_restore_what_was_changed_on_its_way(double where)
    {
        await BackUpAsync();
        var bytes = await System.IO.File.ReadAllBytesAsync(Archive);
        bytes[(int)(bytes.Length * where)] ^= 0x10;
        await System.IO.File.WriteAllBytesAsync(File("changed"), bytes);

        (await RefusalAsync(File("changed"))).ShouldContain("nothing of it is restored");
        LeftBeside().ShouldBe(["data"]);
    }

    [Fact]
    public async Task Cannot_restore_another_kind_of_file()
    {
        await System.IO.File.WriteAllTextAsync(File("text"), "no archive at all");

        (await RefusalAsync(File("text"))).ShouldContain("is no backup");
        (await RefusalAsync(File("nowhere"))).ShouldContain("There is no file");
    }

    [Theory]
    [InlineData("data/../../escaped")]
    [InlineData("/tmp/latchkey-escaped")]
    [InlineData("../escaped")]
    [InlineData("data/server.lock")]
    [InlineData("data//x")]
    public async Task Cannot_write_outside_the_data_folder(string name)
    {
        await BackUpAsync();
        await RewriteAsync(Archive, File("evil"), added: new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = Text("evil") });

        (await RefusalAsync(File("evil"))).ShouldContain("no backup of Latchkey has");
        LeftBeside().ShouldBe(["data"]);
        System.IO.File.Exists(File("restored/escaped")).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_make_a_link()
    {
        await BackUpAsync();
        await RewriteAsync(Archive, File("evil"), added: new PaxTarEntry(TarEntryType.SymbolicLink, "data/files/x") { LinkName = "/etc" });

        (await RefusalAsync(File("evil"))).ShouldContain("no backup of Latchkey has");
    }

    [Fact]
    public async Task Cannot_restore_without_a_manifest_or_an_end()
    {
        await BackUpAsync();
        await RewriteAsync(Archive, File("headless"), dropped: "manifest.json");
        await RewriteAsync(Archive, File("bare"), replaced: ("manifest.json", """{"format":1}"""));
        await RewriteAsync(Archive, File("endless"), dropped: "end.json");
        await RewriteAsync(Archive, File("thinned"), dropped: "data/" + StoredFile);

        (await RefusalAsync(File("headless"))).ShouldContain("is no backup");
        (await RefusalAsync(File("bare"))).ShouldContain("damaged");
        (await RefusalAsync(File("endless"))).ShouldContain("not whole");
        (await RefusalAsync(File("thinned"))).ShouldContain("not whole");
    }

    [Fact]
    public async Task Cannot_restore_what_a_newer_program_made()
    {
        await using var data = await DataAsync();
        await data.ScalarAsync("INSERT INTO platform_migrations VALUES ('99991231000000_FromTheFuture', '10.0.0')");
        await data.Get<BackupWriter>().WriteAsync(Archive, withMedia: true, CancellationToken.None);

        (await RefusalAsync(Archive)).ShouldContain("newer Latchkey");
        LeftBeside().ShouldBe(["data"]);
    }

    [Fact]
    public async Task Cannot_restore_a_database_that_the_manifest_lies_about()
    {
        await using var data = await DataAsync();
        await data.Get<BackupWriter>().WriteAsync(Archive, withMedia: true, CancellationToken.None);
        await data.ScalarAsync("INSERT INTO platform_migrations VALUES ('99991231000000_FromTheFuture', '10.0.0')");
        await data.Get<BackupWriter>().WriteAsync(File("newer"), withMedia: true, CancellationToken.None);
        var honest = await ReadAsync(Archive, "manifest.json");
        await RewriteAsync(File("newer"), File("lie"), replaced: ("manifest.json", honest));

        (await RefusalAsync(File("lie"))).ShouldContain("newer Latchkey");
        LeftBeside().ShouldBe(["data"]);
    }

    [Fact]
    public async Task Cannot_back_up_into_the_data_folder_or_over_another_file()
    {
        await using var data = await DataAsync();
        await System.IO.File.WriteAllTextAsync(Archive, "precious");
        var writer = data.Get<BackupWriter>();

        (await Should.ThrowAsync<BackupException>(() => writer.WriteAsync(Archive, true, CancellationToken.None))).Message.ShouldContain(
            "is there already"
        );
        (
            await Should.ThrowAsync<BackupException>(() =>
                writer.WriteAsync(Path.Combine(data.Path, "b.tar.gz"), true, CancellationToken.None)
            )
        ).Message.ShouldContain("lies in the data folder");
        (
            await Should.ThrowAsync<BackupException>(() => writer.WriteAsync(File("no/such/b.tar.gz"), true, CancellationToken.None))
        ).Message.ShouldContain("There is no folder");

        (await System.IO.File.ReadAllTextAsync(Archive)).ShouldBe("precious");
    }

    [Fact]
    public async Task Cannot_back_up_an_empty_folder()
    {
        await using var data = await TestData.CreateAsync(prepare: false);

        var refusal = await Should.ThrowAsync<BackupException>(() =>
            data.Get<BackupWriter>().WriteAsync(Archive, true, CancellationToken.None)
        );

        refusal.Message.ShouldContain("There is no Latchkey in");
        System.IO.File.Exists(Archive).ShouldBeFalse();
    }

    private string File(string name) => _folder.File(name);

    private IEnumerable<string> LeftBeside() => Directory.GetFileSystemEntries(File("restored")).Select(path => Path.GetFileName(path)!);

    private static async Task<TestData> DataAsync()
    {
        var data = await TestData.CreateAsync();
        var stored = Path.Combine(data.Path, StoredFile);

        Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
        Directory.CreateDirectory(Path.Combine(data.Path, "scratch", "half"));
        await System.IO.File.WriteAllTextAsync(stored, "segment");
        await System.IO.File.WriteAllTextAsync(Path.Combine(data.Path, "scratch", "half", "made"), "half");
        await System.IO.File.WriteAllTextAsync(Path.Combine(data.Path, "server.json"), "{}");
        await System.IO.File.WriteAllTextAsync(Path.Combine(data.Path, "development-certificate.pem"), "certificate");

        return data;
    }

    private static Task AddKeyAsync(TestData data, string name) =>
        data.Get<ApiKeys>().CreateAsync(new NewKey(name, KeyScopes.Video, KeyEnvironment.Production, null), CancellationToken.None);

    private async Task BackUpAsync()
    {
        await using var data = await DataAsync();
        await data.Get<BackupWriter>().WriteAsync(Archive, withMedia: true, CancellationToken.None);
    }

    private async Task<TestData> RestoreAsync(string archive)
    {
        await using (var target = await TestData.CreateAsync(path: Target, prepare: false))
            await target.Get<BackupRestore>().RestoreAsync(archive, replaces: false, CancellationToken.None);

        return await TestData.CreateAsync(path: Target);
    }

    private async Task<string> RefusalAsync(string archive)
    {
        await using var target = await TestData.CreateAsync(path: Target, prepare: false);

        return (
            await Should.ThrowAsync<BackupException>(() =>
                target.Get<BackupRestore>().RestoreAsync(archive, replaces: false, CancellationToken.None)
            )
        ).Message;
    }

    /// <summary>A copy with an entry more before the end, or one fewer, or with other content.</summary>
    private static async Task RewriteAsync(
        string archive,
        string copy,
        TarEntry? added = null,
        string? dropped = null,
        (string Name, string Content)? replaced = null
    )
    {
        await using var unzip = new GZipStream(System.IO.File.OpenRead(archive), CompressionMode.Decompress);
        await using var reader = new TarReader(unzip);
        await using var zip = new GZipStream(System.IO.File.Create(copy), CompressionLevel.Fastest);
        await using var writer = new TarWriter(zip);

        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.Name == "end.json" && added is not null)
                await writer.WriteEntryAsync(added);

            if (entry.Name == replaced?.Name)
                entry.DataStream = Text(replaced.Value.Content);

            if (entry.Name != dropped)
                await writer.WriteEntryAsync(entry);
        }
    }

    private static async Task<string> ReadAsync(string archive, string name)
    {
        await using var unzip = new GZipStream(System.IO.File.OpenRead(archive), CompressionMode.Decompress);
        await using var reader = new TarReader(unzip);

        while (await reader.GetNextEntryAsync() is { } entry)
        {
            if (entry.Name == name)
                return await new StreamReader(entry.DataStream!).ReadToEndAsync();
        }

        throw new InvalidOperationException($"There is no {name}.");
    }

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
