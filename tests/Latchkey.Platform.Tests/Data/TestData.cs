using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform.Tests.Data;

/// <summary>The platform's database and keys on a data folder of their own, without a server; several may share a folder, as processes do.</summary>
internal sealed class TestData : IAsyncDisposable
{
    private readonly TemporaryFolder? _own;
    private readonly ServiceProvider _services;

    private TestData(TemporaryFolder? own, string path, TimeProvider time)
    {
        _own = own;
        Path = path;

        var settings = new LatchkeySettings(new Dictionary<string, string> { [PlatformSettings.Data.Name] = path });
        _services = new ServiceCollection().AddLogging().AddSingleton(time).AddPlatformData(settings).BuildServiceProvider();
    }

    public string Path { get; }

    public IServiceProvider Services => _services;

    public static async Task<TestData> CreateAsync(TimeProvider? time = null, string? path = null, bool prepare = true)
    {
        var folder = path is null ? new TemporaryFolder() : null;
        var data = new TestData(folder, path ?? folder!.Path, time ?? TimeProvider.System);

        if (prepare)
            await data.Services.PrepareDataAsync(CancellationToken.None);

        return data;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public PlatformDb Db() => Get<IDbContextFactory<PlatformDb>>().CreateDbContext();

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = Get<Database>().OpenConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;

        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _own?.Dispose();
    }
}
