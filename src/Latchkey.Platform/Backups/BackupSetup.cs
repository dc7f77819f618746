using Latchkey.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform.Backups;

internal static class BackupSetup
{
    public static void AddBackups(this IServiceCollection services)
    {
        services.AddSingleton<BackupWriter>();
        services.AddSingleton(provider => new BackupRestore(
            provider.GetRequiredService<DataFolder>(),
            provider.GetRequiredService<DatabaseMigrations>()
        ));
    }
}
