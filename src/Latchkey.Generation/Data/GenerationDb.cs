using Latchkey.Generation.Generations;
using Latchkey.Generation.Ledger;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Usage;
using Latchkey.Platform.Data;
using Latchkey.Platform.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Data;

internal sealed class GenerationDb(DbContextOptions<GenerationDb> options) : ModuleDb(options)
{
    public DbSet<GenerationJob> Jobs => Set<GenerationJob>();

    public DbSet<GenerationOutput> Outputs => Set<GenerationOutput>();

    public DbSet<LedgerEntry> Ledger => Set<LedgerEntry>();

    public DbSet<GenerationBudget> Budgets => Set<GenerationBudget>();

    public DbSet<GenerationMirror> Mirrors => Set<GenerationMirror>();

    public DbSet<UsageDay> Usage => Set<UsageDay>();

    public DbSet<GenerationSecret> Secrets => Set<GenerationSecret>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<GenerationJob>(job =>
        {
            job.ToTable("generation_jobs").HasKey(row => row.Id);
            job.Ignore(row => row.HasEnded);
            job.Property(row => row.Version).IsConcurrencyToken();
            job.HasIndex(row => row.DueAt);
            job.HasIndex(row => new { row.GroupId, row.Number });
            job.HasIndex(row => new { row.OwnerId, row.CreatedAt });
            job.HasIndex(row => new
            {
                row.OwnerId,
                row.BodyHash,
                row.CreatedAt,
            });
            job.HasIndex(row => row.TaskId).HasFilter("\"TaskId\" IS NOT NULL");
            job.HasIndex(row => row.EndedAt).HasFilter("\"Publish\" AND \"PublishedVideoId\" IS NULL");
            job.HasIndex(row => row.CallbackToken).IsUnique();
            job.HasIndex(row => new { row.OwnerId, row.IdempotencyKey }).IsUnique().HasFilter("\"IdempotencyKey\" IS NOT NULL");
        });

        modelBuilder.Entity<GenerationOutput>(output =>
        {
            output.ToTable("generation_outputs").HasKey(row => new { row.JobId, row.Index });
            output.Ignore(row => row.IsClip);
            output.HasIndex(row => row.PreviewState).HasFilter("\"PreviewState\" = 'processing'");
            output.HasOne<GenerationJob>().WithMany().HasForeignKey(row => row.JobId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<GenerationMirror>(mirror =>
        {
            mirror.ToTable("generation_mirrors").HasKey(row => row.GroupId);
            mirror.HasIndex(row => row.DueAt);
        });

        modelBuilder.Entity<LedgerEntry>(entry =>
        {
            entry.ToTable("generation_ledger").HasKey(row => row.Id);
            entry.HasIndex(row => row.OwnerId);
            // Held once, and kept or given back once, whoever thinks that it is their turn.
            entry.HasIndex(row => row.JobId, "IX_generation_ledger_reserve").IsUnique().HasFilter("\"Kind\" = 'reserve'");
            entry.HasIndex(row => row.JobId, "IX_generation_ledger_end").IsUnique().HasFilter("\"Kind\" IN ('settle', 'release')");
        });

        modelBuilder.Entity<GenerationBudget>().ToTable("generation_budgets").HasKey(row => row.OwnerId);
        modelBuilder
            .Entity<UsageDay>()
            .ToTable("generation_usage")
            .HasKey(row => new
            {
                row.Day,
                row.OwnerId,
                row.ModelId,
                row.Provider,
            });
        modelBuilder.Entity<GenerationSecret>().ToTable("generation_secrets").HasKey(row => row.Name);
        modelBuilder.MapOutbox();
    }
}
