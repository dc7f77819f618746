using Latchkey.Platform.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.App.VideoCreation;

/// <summary>Says at the start when the settings ask for api.video, which is not what serves the app: nobody shall look for its videos there.</summary>
internal sealed partial class VideoNotice(LatchkeySettings settings, ILogger<VideoNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.IsSet(AppSettings.ApiVideoKey) || AppSettings.WantsUpstream(settings))
            Log.VideoInUse(logger, AppSettings.VideoInUse(settings)!.English);

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Notice}")]
        public static partial void VideoInUse(ILogger logger, string notice);
    }
}
