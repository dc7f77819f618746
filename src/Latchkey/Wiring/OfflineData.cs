using Latchkey.Platform;
using Latchkey.Platform.Settings;

namespace Latchkey.Wiring;

/// <summary>The database and the keys without a server, for the command line; a server may be running on the same data folder.</summary>
internal static class OfflineData
{
    /// <summary>The data as they are, with what every module has for them, whichever are on; nothing is migrated.</summary>
    public static ServiceProvider WithoutPreparing(LatchkeySettings settings)
    {
        var services = new ServiceCollection().AddLogging().AddPlatformData(settings);

        foreach (var module in Modules.All)
            module.AddServices(services, settings);

        return services.BuildServiceProvider();
    }

    /// <returns>Services such as <see cref="Platform.Access.ApiKeys"/>; dispose when done.</returns>
    /// <param name="add">What a module has for the command line, its database included.</param>
    /// <exception cref="LatchkeyStartException">The data cannot be used.</exception>
    public static async Task<ServiceProvider> OpenAsync(
        LatchkeySettings settings,
        CancellationToken cancellation,
        Action<IServiceCollection>? add = null
    )
    {
        var collection = new ServiceCollection().AddLogging().AddPlatformData(settings);
        add?.Invoke(collection);
        var services = collection.BuildServiceProvider();

        try
        {
            await services.PrepareDataAsync(cancellation);

            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }
}
