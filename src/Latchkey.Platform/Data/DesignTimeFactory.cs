using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Latchkey.Platform.Data;

/// <summary>
/// Lets <c>dotnet ef</c> make a module's context without starting Latchkey. Each module derives one beside its context; EF finds it by itself.
/// </summary>
public abstract class DesignTimeFactory<TDb>(string prefix, Func<DbContextOptions<TDb>, TDb> create) : IDesignTimeDbContextFactory<TDb>
    where TDb : ModuleDb
{
    public TDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<TDb>();
        options.UseSqlite("Data Source=:memory:", sqlite => sqlite.MigrationsHistoryTable(Database.HistoryTable(prefix)));

        return create(options.Options);
    }
}
