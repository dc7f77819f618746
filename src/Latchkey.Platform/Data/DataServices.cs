using Latchkey.Platform.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Latchkey.Platform.Data;

public static class DataServices
{
    /// <summary>
    /// Registers a module's context: a pooled <see cref="IDbContextFactory{TContext}"/> and a scoped context, writes through the gate,
    /// migrations from the module's <c>Data/Migrations</c> at start.
    /// </summary>
    /// <param name="prefix">What the module's table names begin with, without the underscore.</param>
    public static IServiceCollection AddModuleDb<TDb>(this IServiceCollection services, string prefix)
        where TDb : ModuleDb
    {
        services.AddPooledDbContextFactory<TDb>((provider, options) => provider.GetRequiredService<Database>().Configure(options, prefix));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<TDb>>().CreateDbContext());
        services.AddSingleton(
            new MigratedContext(prefix, provider => provider.GetRequiredService<IDbContextFactory<TDb>>().CreateDbContext())
        );

        return services;
    }

    internal static IServiceCollection AddData(this IServiceCollection services, LatchkeySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new DataFolder(settings[PlatformSettings.Data]!));
        services.AddSingleton<Database>();
        services.AddSingleton<DatabaseMigrations>();
        services.AddModuleDb<PlatformDb>(PlatformDb.Prefix);

        return services;
    }
}
