using System.Data.Common;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Providers;
using Latchkey.Platform.Files;
using Latchkey.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Data;

/// <summary>What is asked many times a second is found by an index, however many jobs there ever were.</summary>
public class QueryPlanTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();
    private readonly PlanReader _plans = new();

    [Fact]
    public async Task Cannot_read_all_jobs_to_find_one()
    {
        await using var db = new Contexts(_host, _plans).CreateDbContext();
        var none = CancellationToken.None;

        await db.FindJobAsync("job", none);
        await db.FindJobByTokenAsync("token", none);
        await db.FindOwnGroupAsync("owner", "task", none);
        await db.FindSameOrderAsync("owner", "hash", _host.Time.GetUtcNow(), alsoAnswered: false, none);
        await db.FindOutputsAsync("group", none);

        // The group, the job, and the vendor's task are three of them.
        ShouldBeFoundByIndexes(queries: 7);
    }

    [Fact]
    public async Task Cannot_read_all_jobs_to_find_what_is_due()
    {
        var services = _host.Host.Services;
        var due = new DueJobs(
            new Contexts(_host, _plans),
            services.GetRequiredService<IGrainFactory>(),
            services.GetRequiredService<ProviderLanes>(),
            _host.Time
        );
        using var stop = new CancellationTokenSource();

        await due.ReclaimAsync(CancellationToken.None);
        var waking = due.WakeAsync(stop.Token);
        await Eventually.IsTrueAsync(() => Task.FromResult(_plans.Queries == 3));
        await stop.CancelAsync();
        await waking.ShouldThrowAsync<OperationCanceledException>();

        ShouldBeFoundByIndexes(queries: 3);
    }

    [Fact]
    public async Task Cannot_read_all_outputs_to_find_those_without_a_preview()
    {
        var services = _host.Host.Services;
        var previews = new PreviewMaking(
            new Contexts(_host, _plans),
            services.GetRequiredService<GroupedWrites>(),
            services.GetRequiredService<IFileStore>(),
            services.GetRequiredService<MediaTools>(),
            NullLogger<PreviewMaking>.Instance
        );

        await previews.RunAsync(CancellationToken.None);

        ShouldBeFoundByIndexes(queries: 1);
    }

    private void ShouldBeFoundByIndexes(int queries)
    {
        _plans.Queries.ShouldBe(queries);
        _plans.Steps.ShouldNotBeEmpty();
        _plans.Steps.ShouldAllBe(step =>
            step.StartsWith("SEARCH", StringComparison.Ordinal) || step.StartsWith("USE TEMP", StringComparison.Ordinal)
        );
    }

    private sealed class Contexts(GenerationHost host, PlanReader plans) : IDbContextFactory<GenerationDb>
    {
        public GenerationDb CreateDbContext()
        {
            using var db = host.Host.Services.GetRequiredService<IDbContextFactory<GenerationDb>>().CreateDbContext();
            var options = new DbContextOptionsBuilder<GenerationDb>();

            // Queries that were compiled once want the very model that they were compiled for.
            return new(options.UseSqlite(db.Database.GetConnectionString()).UseModel(db.Model).AddInterceptors(plans).Options);
        }
    }

    /// <summary>Asks the database how it would go about each command, before it does.</summary>
    private sealed class PlanReader : DbCommandInterceptor
    {
        public List<string> Steps { get; } = [];

        public int Queries { get; private set; }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            await ExplainAsync(command, cancellationToken);
            return result;
        }

        public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default
        )
        {
            await ExplainAsync(command, cancellationToken);
            return result;
        }

        private async Task ExplainAsync(DbCommand command, CancellationToken cancellation)
        {
            await using var explain = command.Connection!.CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;

            foreach (SqliteParameter parameter in command.Parameters)
                explain.Parameters.Add(new SqliteParameter(parameter.ParameterName, parameter.Value));

            await using var reader = await explain.ExecuteReaderAsync(cancellation);

            while (await reader.ReadAsync(cancellation))
                Steps.Add(reader.GetString(reader.GetOrdinal("detail")));

            Queries++;
        }
    }
}
