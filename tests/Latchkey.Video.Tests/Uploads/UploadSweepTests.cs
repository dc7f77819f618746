using Latchkey.Video.Data;
using Latchkey.Video.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

public sealed class UploadSweepTests
{
    private static readonly DateTime LongAgo = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);

    [Fact]
    public async Task Can_remove_what_dead_requests_left_and_nothing_else()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(ApiHost.PartSize), "part 2/2");
        var kept = api.StoredSourceFiles().ShouldHaveSingleItem();

        // Beside a living upload, and of one that never got a row.
        var beside = Write(Path.Combine(Path.GetDirectoryName(kept)!, "dead"), LongAgo);
        var alone = Write(Path.Combine(api.SourceFolder, "upl_dead", "source"), LongAgo);
        var young = Write(Path.Combine(api.SourceFolder, "upl_young", "source"), TimeProvider.System.GetUtcNow().UtcDateTime);
        File.SetLastWriteTimeUtc(kept, LongAgo);

        await SweepAsync(api, sweep => sweep.RemoveLeftoversAsync(CancellationToken.None));

        api.StoredSourceFiles().ShouldBe([kept, young], ignoreOrder: true);
        File.Exists(beside).ShouldBeFalse();
        File.Exists(alone).ShouldBeFalse();

        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(ApiHost.PartSize, 9), "part 1/2");
        (await api.ReadSourceAsync(id)).ShouldBe([.. ApiClient.Bytes(ApiHost.PartSize, 9), .. ApiClient.Bytes(ApiHost.PartSize)]);
    }

    [Fact]
    public async Task Can_finish_an_upload_whose_process_died_behind_the_last_part()
    {
        await using var api = await ApiHost.StartAsync();
        var id = await api.CreateVideoAsync();
        await api.Client.UploadAsync($"/videos/{id}/source", ApiClient.Bytes(ApiHost.PartSize, 2), "part 2/*");

        // As the death would have left it: the row of part 1 is there, its bytes aside, and nobody moved anything.
        await using (var scope = api.Host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<VideoDb>();
            var source = db.Sources.Single(source => source.VideoId == id);
            var key = SourceFiles.AsideKey(source.Id);
            Write(Path.Combine(api.Host.DataPath, "files", key), LongAgo, ApiClient.Bytes(100, 1));
            source.TellTotalParts(2);
            source.Receive(1, 0, 100, key, TimeProvider.System.GetUtcNow());
            await db.SaveChangesAsync();
        }

        await SweepAsync(api, sweep => sweep.FinishUploadsAsync(CancellationToken.None));

        (await api.ReadSourceAsync(id)).ShouldBe([.. ApiClient.Bytes(100, 1), .. ApiClient.Bytes(ApiHost.PartSize, 2)]);
        api.Host.Logs.ShouldNotContain(line => line.Level >= LogLevel.Warning && line.Category.StartsWith("Latchkey"));
    }

    private static async Task SweepAsync(ApiHost api, Func<UploadSweep, Task> work)
    {
        await using var scope = api.Host.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<UploadSweep>());
    }

    private static string Write(string path, DateTime changed, byte[]? content = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content ?? [1]);
        File.SetLastWriteTimeUtc(path, changed);
        return path;
    }
}
