using Latchkey.Video.Encoding;

namespace Latchkey.Video.Mp4;

/// <summary>The samples of a track in decoding order, as arrays: a film of ten hours has two million.</summary>
internal sealed class SampleTable
{
    /// <summary>More than 18 hours at 60 frames a second; a table beyond it is refused before memory is taken for it.</summary>
    public const int MaxSamples = 4_000_000;

    private int[] _compositionOffsets = [];
    private long[] _decodeTimes = [];
    private long[] _offsets = [];
    private int[] _sizes = [];
    private bool[] _sync = [];

    public int Count { get; private set; }

    /// <summary>When the last sample ends in decoding order.</summary>
    public long DecodeEnd { get; private set; }

    public long Offset(int sample) => _offsets[sample];

    public int Size(int sample) => _sizes[sample];

    public long DecodeTime(int sample) => _decodeTimes[sample];

    /// <summary>When a sample is shown, in media time: before the edit list.</summary>
    public long CompositionTime(int sample) => _decodeTimes[sample] + _compositionOffsets[sample];

    public bool IsSync(int sample) => _sync[sample];

    public long Duration(int sample) => (sample + 1 < Count ? _decodeTimes[sample + 1] : DecodeEnd) - _decodeTimes[sample];

    public void Add(long offset, int size, long duration, int compositionOffset, bool isSync)
    {
        if (Count == _sizes.Length)
        {
            Reserve(Math.Max(256, Math.Min(MaxSamples, Count * 2)));
        }

        if (Count >= MaxSamples)
        {
            throw new MediaException(MediaFailure.TooManyFrames, "A track has more samples than are allowed.");
        }

        _offsets[Count] = offset;
        _sizes[Count] = size;
        _decodeTimes[Count] = DecodeEnd;
        _compositionOffsets[Count] = compositionOffset;
        _sync[Count] = isSync;
        Count++;
        DecodeEnd += duration;
    }

    /// <summary>Continues at a decode time, as a fragment's tfdt says.</summary>
    public void ContinueAt(long decodeTime) =>
        DecodeEnd =
            Count == 0 || decodeTime >= _decodeTimes[Count - 1]
                ? decodeTime
                : throw new MediaException(MediaFailure.Malformed, "A fragment goes back in time.");

    public void Reserve(int count)
    {
        if (count > MaxSamples)
        {
            throw new MediaException(MediaFailure.TooManyFrames, "A track has more samples than are allowed.");
        }

        Array.Resize(ref _offsets, count);
        Array.Resize(ref _sizes, count);
        Array.Resize(ref _decodeTimes, count);
        Array.Resize(ref _compositionOffsets, count);
        Array.Resize(ref _sync, count);
    }
}
