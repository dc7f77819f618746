using Latchkey.Platform.Settings;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Platform.Data;

/// <summary>Before anything else starts: takes the data folder for this process, and brings the database to the program's schema.</summary>
internal sealed class DataOwnership(DataFolder folder, DatabaseMigrations migrations) : IHostedLifecycleService, IDisposable
{
    // A command of the command line holds the folder for a moment when it is the first to use it.
    private const int Attempts = 10;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(150);

    private IDisposable? _ownership;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; (_ownership = folder.TryLock()) is null; attempt++)
        {
            if (attempt == Attempts)
                throw new LatchkeyStartException(
                    $"Another Latchkey is running on the data folder {folder.Path}: stop it, or set LATCHKEY_DATA to another folder."
                );

            await Task.Delay(BetweenAttempts, cancellationToken);
        }

        await migrations.ApplyAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // With the host, after every service that may still write.
    public void Dispose() => _ownership?.Dispose();
}
