using Latchkey.Platform.Files;
using Latchkey.Video.Matroska;

namespace Latchkey.Video.Encoding.Index;

/// <summary>The first seconds of a Matroska file's media, block by block: what its header does not tell.</summary>
internal sealed class MatroskaHead
{
    private const int MostPictures = 150;
    private const int MostBlocks = 4_000;
    private const long MostBytes = 16 << 20;

    private readonly Dictionary<long, List<(long Time, int Frames, long Bytes)>> _sound = [];

    /// <summary>When pictures are shown, in decoding order.</summary>
    public List<(long Time, bool IsKey)> Pictures { get; } = [];

    public static async Task<MatroskaHead> ReadAsync(
        MatroskaFile file,
        MatroskaTrack video,
        IStoredFileReader source,
        CancellationToken cancellation
    )
    {
        var head = new MatroskaHead();

        foreach (var track in MatroskaIndex.AudioTracks(file))
        {
            head._sound.TryAdd(track.Number, []);
        }

        var clusters = new ClusterReader(file, source);
        clusters.Seek(file.FirstCluster);

        for (var blocks = 0; blocks < MostBlocks && head.Pictures.Count < MostPictures; blocks++)
        {
            if (await clusters.NextAsync(cancellation) is not { } block || block.Start - file.FirstCluster > MostBytes)
            {
                break;
            }

            if (block.Track == video.Number)
            {
                head.Pictures.Add((block.Time, block.IsKey));
            }
            else if (head._sound.TryGetValue(block.Track, out var sound))
            {
                sound.Add((block.Time, (await clusters.FramesAsync(block, cancellation)).Count, block.Size));
            }
        }

        return head;
    }

    public IReadOnlyList<(long Time, int Frames, long Bytes)> Sound(MatroskaTrack track) => _sound.GetValueOrDefault(track.Number, []);

    /// <summary>When the first picture that can be decoded is shown; <c>null</c> when there is none.</summary>
    public long? First =>
        Pictures.FindIndex(picture => picture.IsKey) is >= 0 and var key ? Pictures.Skip(key).Min(picture => picture.Time) : null;

    /// <summary>Ticks from a picture to the next: half of them are shorter. 0 when there is but one.</summary>
    public double UsualTicks
    {
        get
        {
            var ways = Ways();
            var usual = ways.Count > 0 ? ways[ways.Count / 2] : 0;

            // Rounding to ticks evens out over many.
            var even = ways.Where(way => Math.Abs(way - usual) <= 1).ToList();
            return even.Count > 0 ? even.Average() : 0;
        }
    }

    /// <summary>The longest way between two keyframes, in ticks; 0 when there is but one.</summary>
    public long LongestGroup
    {
        get
        {
            var keys = Pictures.Where(picture => picture.IsKey).Select(picture => picture.Time).ToList();
            return keys.Count > 1 ? keys.Zip(keys.Skip(1), (at, next) => next - at).Max() : 0;
        }
    }

    /// <summary>The first group of pictures, or as much of it as was read.</summary>
    public long[] FirstGroup
    {
        get
        {
            var key = Pictures.FindIndex(picture => picture.IsKey);
            var next = Pictures.FindIndex(key + 1, picture => picture.IsKey);
            return [.. Pictures[key..(next < 0 ? Pictures.Count : next)].Select(picture => picture.Time)];
        }
    }

    /// <summary>How many pictures of the first group are decoded before one that is shown earlier, at most.</summary>
    public int MostReordered
    {
        get
        {
            var group = FirstGroup;
            return group.Select((at, i) => group.Take(i).Count(earlier => earlier > at)).Max();
        }
    }

    /// <summary>Whether two pictures are to be shown at one time.</summary>
    public bool Repeats => Pictures.DistinctBy(picture => picture.Time).Count() < Pictures.Count;

    private List<long> Ways()
    {
        var shown = Pictures.Select(picture => picture.Time).Distinct().Order().ToList();
        return [.. shown.Zip(shown.Skip(1), (at, next) => next - at).Order()];
    }
}
