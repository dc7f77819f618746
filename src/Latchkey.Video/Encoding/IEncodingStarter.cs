using Latchkey.Video.Data;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;

namespace Latchkey.Video.Encoding;

/// <summary>What the upload side asks of the encoding side, and nothing else.</summary>
internal interface IEncodingStarter
{
    /// <summary>Adds the row that asks for the encoding of a complete source. The caller saves it in the transaction that completes the source.</summary>
    void Request(VideoDb db, VideoObject video, VideoSource source, DateTimeOffset now);

    /// <summary>Wakes whoever moves that row on. Called after the save; a call that gets lost is made up for by the sweep.</summary>
    Task StartAsync(string videoId, CancellationToken cancellation);

    /// <summary>The video was deleted: stop its work within 2 s.</summary>
    Task StopAsync(string videoId, CancellationToken cancellation);

    /// <summary>Deletes what encoding made of a video, its files first, then its rows; may be called again after a crash in between.</summary>
    Task RemoveAsync(VideoDb db, string videoId, CancellationToken cancellation);

    /// <summary>More of a source has arrived while its upload runs: what can be begun with it is begun. Returns at once.</summary>
    /// <param name="length">Of the whole source, if it is known.</param>
    void Begin(VideoObject video, string sourceKey, ReceivedBytes received, long? length);

    /// <summary>The upload of a video has ended, well or badly.</summary>
    Task EndUploadAsync(string videoId);
}
