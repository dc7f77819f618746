using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Ffmpeg;

namespace Latchkey.Video.Playback;

/// <summary>The picture of a video: the one its owner sent, the frame its owner picked, else the automatic one.</summary>
internal sealed class Posters(IFileStore files, LateFiles late, Pictures pictures)
{
    /// <returns><c>null</c> while there is none yet.</returns>
    public async ValueTask<IStoredFileReader?> OpenAsync(PlaybackVideo video, CancellationToken cancellation)
    {
        if (video.ThumbnailKey is { } chosen)
        {
            return await files.OpenAsync(chosen, cancellation);
        }

        if (video.Planned is not { } planned)
        {
            return null;
        }

        return video.PickedSeconds is { } seconds
            ? await OpenPickedAsync(planned, seconds, cancellation)
            : await video.OpenNewestAsync(files, VideoFiles.AutomaticPoster, cancellation);
    }

    /// <summary>Made when it is first looked at, and kept.</summary>
    private async ValueTask<IStoredFileReader?> OpenPickedAsync(PlannedVideo video, double seconds, CancellationToken cancellation)
    {
        var key = VideoFiles.PickedPoster(video.VideoId, seconds);

        if (await files.OpenAsync(key, cancellation) is { } made)
        {
            return made;
        }

        await using var source = await files.OpenAsync(video.SourceKey, cancellation);

        if (source is null)
        {
            return null;
        }

        using var scratch = files.CreateScratch("poster");
        var picture = scratch.File("poster.jpg");
        await pictures.AtAsync(video.Plan, new SourceInput(source, files.InputFor(video.SourceKey)), seconds, picture, cancellation);
        await files.PublishAsync(picture, key, cancellation);
        await late.RemoveAsync(video.VideoId, cancellation);

        return await files.OpenAsync(key, cancellation);
    }
}
