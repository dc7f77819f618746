using Latchkey.Platform.Data;
using Latchkey.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

/// <summary>What every module's model must hold to. Asked here and not at each start, where it would take a good part of the time.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task Cannot_differ_from_its_migrations()
    {
        await using var server = await RunningHost.StartAsync();

        ContextsOf(server)
            .Where(context => context.Db.Database.HasPendingModelChanges())
            .Select(context => context.Prefix)
            .ShouldBeEmpty("tools/remake-migration makes the migration again");
    }

    [Fact]
    public async Task Cannot_have_a_table_without_its_prefix()
    {
        await using var server = await RunningHost.StartAsync();

        ContextsOf(server)
            .SelectMany(context => TablesOf(context.Db).Where(table => !table.StartsWith(context.Prefix + "_", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    private static IReadOnlyList<(string Prefix, DbContext Db)> ContextsOf(RunningHost server)
    {
        var contexts = server
            .Services.GetServices<MigratedContext>()
            .Select(context => (context.Prefix, context.Create(server.Services)))
            .ToList();
        contexts.Count.ShouldBeGreaterThan(1);

        return contexts;
    }

    private static IEnumerable<string> TablesOf(DbContext db) =>
        db.GetService<IDesignTimeModel>()
            .Model.GetEntityTypes()
            .Where(entity => !entity.IsTableExcludedFromMigrations())
            .Select(entity => entity.GetTableName())
            .OfType<string>();
}
