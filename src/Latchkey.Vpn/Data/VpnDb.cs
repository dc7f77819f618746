using Latchkey.Platform.Data;
using Latchkey.Platform.Webhooks;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Latchkey.Vpn.Telegram;
using Latchkey.Vpn.Traffic;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Data;

/// <summary>The module's rows.</summary>
internal sealed class VpnDb(DbContextOptions<VpnDb> options) : ModuleDb(options)
{
    private const int UuidLength = 36;
    private const int HashLength = 64;

    public DbSet<VpnKey> Keys => Set<VpnKey>();

    public DbSet<KeyTraffic> Traffic => Set<KeyTraffic>();

    public DbSet<KeyRequest> Requests => Set<KeyRequest>();

    public DbSet<KeyRemoval> Removals => Set<KeyRemoval>();

    public DbSet<NodeMemory> Nodes => Set<NodeMemory>();

    public DbSet<SeenCounters> Seen => Set<SeenCounters>();

    public DbSet<HourTraffic> Hours => Set<HourTraffic>();

    public DbSet<DayTraffic> Days => Set<DayTraffic>();

    public DbSet<TelegramKey> TelegramKeys => Set<TelegramKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<VpnKey>(key =>
        {
            key.ToTable("vpn_keys");
            // AUTOINCREMENT: the id of a deleted key is not given out again.
            key.Property(row => row.Id).ValueGeneratedOnAdd();
            key.Property(row => row.Uuid).HasMaxLength(UuidLength);
            key.Property(row => row.ShortId).HasMaxLength(16);
            key.Property(row => row.Name).HasMaxLength(VpnKey.LongestName);
            key.Property(row => row.Note).HasMaxLength(VpnKey.LongestNote);
            key.Property(row => row.Version).IsConcurrencyToken();
            key.HasIndex(row => row.Uuid).IsUnique();
            key.HasIndex(row => row.ExpiresAt).HasFilter(Filter("ExpiresAt"));
            key.HasIndex(row => row.DataLimit).HasFilter(Filter("DataLimit"));
            key.HasOne(row => row.Traffic).WithOne().HasForeignKey<KeyTraffic>(row => row.KeyId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<KeyTraffic>(traffic =>
        {
            traffic.ToTable("vpn_traffic");
            traffic.HasKey(row => row.KeyId);
            traffic.Ignore(row => row.Total);
            traffic.HasIndex(row => row.NextResetAt).HasFilter(Filter("NextResetAt"));
            traffic.HasIndex(row => row.BlockedUntil).HasFilter(Filter("BlockedUntil"));
        });

        modelBuilder.Entity<KeyRequest>(request =>
        {
            request.ToTable("vpn_key_requests");
            request.HasKey(row => row.Hash);
            request.Property(row => row.Hash).HasMaxLength(HashLength);
            request.Property(row => row.BodyHash).HasMaxLength(HashLength);
            request.HasOne<VpnKey>().WithMany().HasForeignKey(row => row.KeyId).OnDelete(DeleteBehavior.Cascade);
            request.HasIndex(row => row.CreatedAt);
        });

        modelBuilder.Entity<KeyRemoval>(removal =>
        {
            removal.ToTable("vpn_removals");
            removal.HasKey(row => new { row.Node, row.KeyId });
        });

        modelBuilder.Entity<NodeMemory>(node =>
        {
            node.ToTable("vpn_nodes");
            node.HasKey(row => row.Node);
        });

        modelBuilder.Entity<SeenCounters>(seen =>
        {
            seen.ToTable("vpn_counters");
            // The key first, so that its deletion finds the rows by the same index.
            seen.HasKey(row => new { row.KeyId, row.Node });
            seen.HasOne<VpnKey>().WithMany().HasForeignKey(row => row.KeyId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<HourTraffic>(hour =>
        {
            hour.ToTable("vpn_traffic_hours");
            hour.HasKey(row => new { row.KeyId, row.At });
            hour.HasIndex(row => row.At);
            hour.HasOne<VpnKey>().WithMany().HasForeignKey(row => row.KeyId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<DayTraffic>(day =>
        {
            day.ToTable("vpn_traffic_days");
            day.HasKey(row => new { row.KeyId, row.At });
            day.HasIndex(row => row.At);
            day.HasOne<VpnKey>().WithMany().HasForeignKey(row => row.KeyId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<TelegramKey>(key =>
        {
            key.ToTable("vpn_telegram_keys");
            key.HasKey(row => row.KeyId);
            // The key may be another server's, behind its API.
            key.Property(row => row.KeyId).ValueGeneratedNever();
            key.HasIndex(row => row.UserId);
        });

        modelBuilder.MapOutbox();
    }

    // Most keys have no such value, and an index of nothing costs nothing.
    private static string Filter(string column) => $"\"{column}\" IS NOT NULL";
}
