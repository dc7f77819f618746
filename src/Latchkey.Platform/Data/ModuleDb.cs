using Microsoft.EntityFrameworkCore;

namespace Latchkey.Platform.Data;

/// <summary>The base of every module's context: times are stored as Unix milliseconds, enums as lower-case words.</summary>
public abstract class ModuleDb(DbContextOptions options) : DbContext(options)
{
    protected sealed override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Conventions.Add(_ => new StoredFormConvention());
}
