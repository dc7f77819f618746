using Latchkey.Platform.Access;
using Latchkey.Platform.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Platform.Data;

/// <summary>The platform's own tables.</summary>
internal sealed class PlatformDb(DbContextOptions<PlatformDb> options) : ModuleDb(options)
{
    public const string Prefix = "platform";

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();
    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<WebhookAttempt> WebhookAttempts => Set<WebhookAttempt>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ApiKey>(key =>
        {
            key.ToTable("platform_api_keys");
            key.HasIndex(row => row.SecretHash).IsUnique();
        });

        modelBuilder.Entity<SigningKey>().ToTable("platform_signing_keys");

        modelBuilder.Entity<RefreshToken>(token =>
        {
            token.ToTable("platform_refresh_tokens");
            token.HasIndex(row => row.TokenHash).IsUnique();
            token.HasIndex(row => row.FamilyId);
            token.HasIndex(row => row.ExpiresAt);
        });

        modelBuilder.MapOwnOutbox();
    }
}

internal sealed class PlatformDbDesign() : DesignTimeFactory<PlatformDb>(PlatformDb.Prefix, options => new PlatformDb(options));
