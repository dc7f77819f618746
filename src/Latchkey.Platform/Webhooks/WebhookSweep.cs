using Latchkey.Platform.Cluster;
using Latchkey.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Latchkey.Platform.Webhooks;

/// <summary>Finds what is due, whatever died in the meantime, and removes what is old.</summary>
internal static class WebhookSweep
{
    private static readonly TimeSpan KeepDelivered = TimeSpan.FromDays(7);
    private static readonly TimeSpan KeepFailed = TimeSpan.FromDays(30);

    public static IReadOnlyList<ScheduledWork> Works { get; } =
    [
        new("platform.due-webhooks", TimeSpan.FromSeconds(5), WakeDueAsync),
        new("platform.old-webhooks", TimeSpan.FromHours(1), DeleteOldAsync),
    ];

    private static async Task WakeDueAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var (db, grains) = (services.GetRequiredService<PlatformDb>(), services.GetRequiredService<IGrainFactory>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();

        var endpoints = await db
            .Outbox.Where(row => row.State == OutboxState.Pending && row.NextAttemptAt <= now)
            .Select(row => new { row.Module, row.EndpointId })
            .Distinct()
            .ToListAsync(cancellation);

        foreach (var endpoint in endpoints)
            await grains.GetGrain<IWebhookDeliveryGrain>(WebhookDeliveryGrain.KeyOf(endpoint.Module, endpoint.EndpointId)).WakeAsync();
    }

    private static async Task DeleteOldAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var db = services.GetRequiredService<PlatformDb>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var (delivered, failed) = (now - KeepDelivered, now - KeepFailed);

        await db
            .Outbox.Where(row =>
                (row.State == OutboxState.Delivered && row.EndedAt < delivered) || (row.State == OutboxState.Failed && row.EndedAt < failed)
            )
            .ExecuteDeleteAsync(cancellation);
    }
}
