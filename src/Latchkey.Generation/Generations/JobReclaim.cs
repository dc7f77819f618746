using Microsoft.Extensions.Hosting;

namespace Latchkey.Generation.Generations;

/// <summary>Takes up what a process that died was sending.</summary>
internal sealed class JobReclaim(DueJobs jobs) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => jobs.ReclaimAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
