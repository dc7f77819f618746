using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

public sealed class DataFolderTests
{
    [Fact]
    public void Can_take_the_folder_again_after_it_was_given_back()
    {
        using var temporary = new TemporaryFolder();
        var folder = new DataFolder(temporary.Path);

        using (folder.TryLock().ShouldNotBeNull())
            new DataFolder(temporary.Path).TryLock().ShouldBeNull();

        using var again = folder.TryLock();
        again.ShouldNotBeNull();
    }

    [Fact]
    public async Task Cannot_start_a_second_server_on_the_folder()
    {
        await using var first = await RunningHost.StartAsync();

        var refusal = await Should.ThrowAsync<LatchkeyStartException>(() =>
            RunningHost.StartAsync(new RunningHostOptions { DataPath = first.DataPath })
        );

        refusal.Message.ShouldContain(first.DataPath);
        refusal.Message.ShouldContain("LATCHKEY_DATA");
    }

    [Fact]
    public async Task Can_be_read_by_its_owner_only()
    {
        const UnixFileMode ownersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        if (OperatingSystem.IsWindows())
            return;

        await using var data = await TestData.CreateAsync();
        await using var open = data.Get<Database>().OpenConnection();

        foreach (var file in Directory.EnumerateFiles(data.Path, "latchkey.db*"))
            File.GetUnixFileMode(file).ShouldBe(ownersFile, file);
    }
}
