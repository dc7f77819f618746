using Latchkey.Platform;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Import;
using Latchkey.Vpn.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Latchkey.Vpn.Tests.Import;

/// <summary>A data folder as the command line opens it, without a server.</summary>
internal sealed class ImportData : IAsyncDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly ServiceProvider _services;

    private ImportData(TemporaryFolder? folder, ServiceProvider services) => (_folder, _services) = (folder, services);

    public static DateTimeOffset Now { get; } = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    /// <param name="dataPath">A server's folder; a new one when not given.</param>
    public static async Task<ImportData> OpenAsync(string? dataPath = null)
    {
        var folder = dataPath is null ? new TemporaryFolder() : null;
        var settings = new LatchkeySettings(new Dictionary<string, string> { [PlatformSettings.Data.Name] = dataPath ?? folder!.Path });
        var collection = new ServiceCollection();
        collection.AddLogging().AddPlatformData(settings).AddVpnData(settings);
        collection.Replace(ServiceDescriptor.Singleton<TimeProvider>(new FakeTimeProvider(Now)));
        var services = collection.BuildServiceProvider();
        await services.PrepareDataAsync(TestContext.Current.CancellationToken);

        return new ImportData(folder, services);
    }

    public Task<ImportSummary> ImportAsync(PanelDatabase panel, bool isDryRun = false) => ImportAsync(panel.Path, null, isDryRun);

    public Task<ImportSummary> ImportAsync(string path, ImportSource? source = null, bool isDryRun = false) =>
        _services.GetRequiredService<IKeyImport>().ImportAsync(path, source, isDryRun, TestContext.Current.CancellationToken);

    /// <summary>In the order of their numbers.</summary>
    public async Task<List<VpnKey>> KeysAsync() =>
        await WithAsync(db => db.Keys.Include(key => key.Traffic).OrderBy(key => key.Id).ToListAsync());

    public async Task<T> WithAsync<T>(Func<VpnDb, Task<T>> work)
    {
        await using var db = await _services.GetRequiredService<IDbContextFactory<VpnDb>>().CreateDbContextAsync();

        return await work(db);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder?.Dispose();
    }
}
