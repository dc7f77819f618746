using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.App.VideoCreation;

/// <summary>Says at the start that a key of api.video is not what serves the app, so that nobody looks for its videos in the hosted service.</summary>
internal sealed partial class EmbeddedVideoNotice(ILogger<EmbeddedVideoNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Log.EmbeddedVideoUsed(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "APIVIDEO_API_KEY is set, but api.video's service cannot be used yet: the embedded Video module serves /api/video."
        )]
        public static partial void EmbeddedVideoUsed(ILogger logger);
    }
}
