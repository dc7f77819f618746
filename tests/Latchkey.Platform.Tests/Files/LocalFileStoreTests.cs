using Latchkey.Platform.Files;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Files;

public sealed class LocalFileStoreTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly LocalFileStore _files;

    public LocalFileStoreTests() => _files = new LocalFileStore(_folder.Path);

    [Fact]
    public async Task Can_publish_once()
    {
        (await _files.PublishAsync(Made("first"), "v/1/a.m4s", None)).ShouldBeTrue();
        (await _files.PublishAsync(Made("second"), "v/1/a.m4s", None)).ShouldBeFalse();

        (await ReadAsync("v/1/a.m4s")).ShouldBe("first");
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_publish_from_many_at_once_with_one_winner()
    {
        var wins = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => _files.PublishAsync(Made($"writer {n:00}"), "v/1/a", None)));

        wins.Count(won => won).ShouldBe(1);
        (await ReadAsync("v/1/a")).ShouldBe($"writer {Array.IndexOf(wins, true):00}");
    }

    [Fact]
    public async Task Can_publish_from_another_volume()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no second volume here.");
        var path = $"/dev/shm/latchkey-test-{Guid.NewGuid():n}";
        await File.WriteAllTextAsync(path, "far", None);

        (await _files.PublishAsync(path, "v/far", None)).ShouldBeTrue();

        (await ReadAsync("v/far")).ShouldBe("far");
        File.Exists(path).ShouldBeFalse();
        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "scratch")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_replace_without_a_moment_between()
    {
        await _files.ReplaceAsync(Made("old"), "v/1/t.jpg", None);
        await using var reader = await _files.OpenAsync("v/1/t.jpg", None);
        await _files.ReplaceAsync(Made("new one"), "v/1/t.jpg", None);

        (await ReadAsync(reader!)).ShouldBe("old");
        (await ReadAsync("v/1/t.jpg")).ShouldBe("new one");
    }

    [Fact]
    public async Task Can_grow_from_several_writers_in_any_order()
    {
        await using (var one = await _files.OpenGrowingAsync("u/1/source", None))
        await using (var two = await _files.OpenGrowingAsync("u/1/source", None))
        {
            await Task.WhenAll(
                two.WriteAsync(5, "world"u8.ToArray(), None).AsTask(),
                one.WriteAsync(0, "hello"u8.ToArray(), None).AsTask(),
                one.WriteAsync(10, "zzz"u8.ToArray(), None).AsTask()
            );
            await one.CompleteAsync(10, None);
        }

        (await ReadAsync("u/1/source")).ShouldBe("helloworld");
    }

    [Fact]
    public async Task Can_link_move_and_delete()
    {
        await _files.PublishAsync(Made("x"), "a/1/source", None);
        await _files.LinkAsync("a/1/source", "b/2/source", None);
        await _files.LinkAsync("a/1/source", "b/2/source", None);
        await _files.MoveAsync("a/1/source", "c/source", None);
        await _files.PublishAsync(Made("y"), "d", None);
        await _files.LinkAsync("d", "c/source", None);

        (await ReadAsync("b/2/source")).ShouldBe("x");
        (await ReadAsync("c/source")).ShouldBe("y");
        Directory.Exists(Path.Combine(_folder.Path, "files", "a")).ShouldBeFalse();

        await _files.DeleteAsync("b/2/source", None);
        await _files.DeleteAsync("b/2/source", None);
        Directory.Exists(Path.Combine(_folder.Path, "files", "b")).ShouldBeFalse();
        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "scratch")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_list_and_delete_a_tree()
    {
        foreach (var key in (string[])["v/1/a", "v/1/b/c", "v/10/a"])
            await _files.PublishAsync(Made(key), key, None);

        (await _files.ListAsync("v/1/", None).ToListAsync(None)).ShouldBe(["v/1/a", "v/1/b/c"], ignoreOrder: true);

        await _files.DeleteTreeAsync("v/1/", None);
        await _files.DeleteTreeAsync("v/1/", None);

        (await _files.ListAsync("v/", None).ToListAsync(None)).ShouldBe(["v/10/a"]);
        (await _files.ListAsync("w/", None).ToListAsync(None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_write_while_empty_folders_are_removed()
    {
        await Parallel.ForAsync(
            0,
            400,
            None,
            async (n, _) =>
            {
                await _files.PublishAsync(Made($"{n}"), $"busy/x/{n}", None);
                await _files.DeleteAsync($"busy/x/{n}", None);

                await (await _files.OpenGrowingAsync($"busy/y/{n}", None)).DisposeAsync();
                await _files.DeleteAsync($"busy/y/{n}", None);
            }
        );

        (await _files.ListAsync("busy/", None).ToListAsync(None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a/")]
    public async Task Cannot_leave_the_store(string key)
    {
        await Should.ThrowAsync<ArgumentException>(async () => await _files.FindAsync(key, None));
        await Should.ThrowAsync<ArgumentException>(async () => await _files.OpenGrowingAsync(key, None));
    }

    [Fact]
    public async Task Cannot_find_what_is_not_there()
    {
        await _files.PublishAsync(Made("x"), "a/b", None);

        (await _files.FindAsync("nothing", None)).ShouldBeNull();
        (await _files.OpenAsync("nothing", None)).ShouldBeNull();
        (await _files.OpenAsync("a/b/c", None)).ShouldBeNull();
        (await _files.OpenAsync("a", None)).ShouldBeNull();
        (await _files.FindAsync("a", None)).ShouldBeNull();
    }

    [Fact]
    public void Can_clean_up_after_a_crash()
    {
        using var scratch = _files.CreateScratch("attempt");
        File.WriteAllText(scratch.File("half"), "");

        _files.EmptyScratch();

        Directory.Exists(scratch.Path).ShouldBeFalse();
        _files.FreeBytes().ShouldNotBeNull().ShouldBePositive();
    }

    [Fact]
    public async Task Cannot_write_to_a_full_disk_without_a_name_for_it()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no full device here.");
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        await using var growing = new LocalGrowingFile(full);

        await Should.ThrowAsync<StorageFullException>(async () => await growing.WriteAsync(0, new byte[10], None));
    }

    public void Dispose() => _folder.Dispose();

    private string Made(string text)
    {
        var path = _folder.File(Guid.NewGuid().ToString("n"));
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<string> ReadAsync(string key)
    {
        await using var reader = (await _files.OpenAsync(key, None)).ShouldNotBeNull();
        return await ReadAsync(reader);
    }

    private static async Task<string> ReadAsync(IStoredFileReader reader)
    {
        var bytes = new byte[reader.File.Length];
        (await reader.ReadAsync(0, bytes, None)).ShouldBe(bytes.Length);
        return System.Text.Encoding.UTF8.GetString(bytes);
    }
}
