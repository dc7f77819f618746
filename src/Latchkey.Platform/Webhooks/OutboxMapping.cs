using Microsoft.EntityFrameworkCore;

namespace Latchkey.Platform.Webhooks;

/// <summary>The outbox in the contexts of the modules: one table, which the platform's own migrations make.</summary>
public static class OutboxMapping
{
    private const string Messages = "platform_outbox";

    /// <summary>For a module's context: messages are inserted in the transaction of the change they tell of.</summary>
    public static void MapOutbox(this ModelBuilder modelBuilder) => Map(modelBuilder, isOwner: false);

    /// <summary>For the platform's context, which owns the tables.</summary>
    internal static void MapOwnOutbox(this ModelBuilder modelBuilder)
    {
        Map(modelBuilder, isOwner: true);

        modelBuilder.Entity<WebhookAttempt>(attempt =>
        {
            attempt.ToTable("platform_webhook_attempts");
            attempt.Property(row => row.Reason).HasMaxLength(100);
            attempt.HasIndex(row => row.MessageId);
            attempt.HasOne<OutboxMessage>().WithMany().HasForeignKey(row => row.MessageId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void Map(ModelBuilder modelBuilder, bool isOwner) =>
        modelBuilder.Entity<OutboxMessage>(message =>
        {
            message.ToTable(Messages, table => table.ExcludeFromMigrations(!isOwner));
            message.Property(row => row.Id).ValueGeneratedNever();
            message.Property(row => row.Module).HasMaxLength(40);
            message.Property(row => row.EndpointId).HasMaxLength(100);
            message.Property(row => row.EventType).HasMaxLength(100);
            message.Property(row => row.Reason).HasMaxLength(100);
            message.Property(row => row.Version).IsConcurrencyToken();
            message.HasIndex(row => new { row.State, row.NextAttemptAt });
            message.HasIndex(row => new
            {
                row.Module,
                row.EndpointId,
                row.State,
            });
        });
}
