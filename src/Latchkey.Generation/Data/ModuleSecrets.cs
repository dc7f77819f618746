using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Generation.Data;

/// <summary>The module's own keys, made at the first start and kept in the database.</summary>
internal sealed class ModuleSecrets(IDbContextFactory<GenerationDb> databases) : IHostedService
{
    private const int Length = 32;
    private const string LinksName = "links";
    private const string WebhooksName = "webhooks";
    private const string FalWebhooksName = "fal-webhooks";

    private Dictionary<string, byte[]> _secrets = [];

    /// <summary>Signs links to files.</summary>
    public byte[] Links => _secrets[LinksName];

    /// <summary>What the owners' webhook secrets are made of.</summary>
    public byte[] Webhooks => _secrets[WebhooksName];

    /// <summary>The Ed25519 key that signs webhooks in fal.ai's way.</summary>
    public byte[] FalWebhooks => _secrets[FalWebhooksName];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Secrets.AsNoTracking().ToDictionaryAsync(row => row.Name, row => row.Value, cancellationToken);

        foreach (var name in new[] { LinksName, WebhooksName, FalWebhooksName }.Where(name => !known.ContainsKey(name)))
        {
            known[name] = RandomNumberGenerator.GetBytes(Length);
            db.Secrets.Add(new GenerationSecret(name, known[name]));
        }

        await db.SaveChangesAsync(cancellationToken);
        _secrets = known;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
