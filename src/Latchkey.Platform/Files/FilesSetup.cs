using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Platform.Files;

/// <summary>What the host calls for everything in this folder.</summary>
public static class FilesSetup
{
    /// <param name="dataFolder"><c>LATCHKEY_DATA</c>.</param>
    public static IServiceCollection AddFiles(this IServiceCollection services, string dataFolder)
    {
        services.AddSingleton(_ => new LocalFileStore(dataFolder));
        services.AddSingleton<IFileStore>(provider => provider.GetRequiredService<LocalFileStore>());
        services.AddHostedService<ScratchCleaning>();
        return services;
    }

    /// <summary>At start, when the data folder is ours alone.</summary>
    private sealed class ScratchCleaning(LocalFileStore files) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            files.EmptyScratch();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
