using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding;

/// <summary>The init segments that a video's renditions have: whatever is made later must fit them.</summary>
internal sealed class InitSegments(IFileStore files)
{
    public async Task<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> ReadAsync(PlannedVideo video, IEnumerable<string> renditions)
    {
        var known = new Dictionary<string, ReadOnlyMemory<byte>>();

        foreach (var rendition in renditions)
        {
            var key = VideoFiles.Init(video.VideoId, video.Plan.Version, rendition);

            if (await files.OpenAsync(key, CancellationToken.None) is { } reader)
            {
                await using (reader)
                {
                    known.Add(rendition, await reader.ReadAllAsync(CancellationToken.None));
                }
            }
        }

        return known;
    }
}
