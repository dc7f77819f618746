using System.Collections.Concurrent;
using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Access;

/// <summary>When each key was last used: noted in memory, written once a minute and at the end.</summary>
internal sealed partial class KeyUses(IDbContextFactory<PlatformDb> databases, TimeProvider time, ILogger<KeyUses> logger)
    : BackgroundService
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromMinutes(1);

    private ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    public void Note(string keyId, DateTimeOffset now) => _noted[keyId] = now;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenWrites, time);

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; StopAsync writes the rest.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The time for stopping is over. All that is lost is when a key was last used.
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        var taken = Interlocked.Exchange(ref _noted, new(StringComparer.Ordinal));

        if (taken.IsEmpty)
            return;

        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);

            foreach (var (keyId, usedAt) in taken)
                await db
                    .ApiKeys.Where(key => key.Id == keyId && (key.LastUsedAt == null || key.LastUsedAt < usedAt))
                    .ExecuteUpdateAsync(row => row.SetProperty(key => key.LastUsedAt, usedAt), cancellation);

            await transaction.CommitAsync(cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotWritten(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "When API keys were last used could not be written")]
        public static partial void NotWritten(ILogger logger, Exception failure);
    }
}
