using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;

namespace Latchkey.Video.Matroska;

/// <summary>Walks through clusters from block to block, reading headers alone.</summary>
internal sealed class ClusterReader(MatroskaFile file, IStoredFileReader source, int windowBytes = EbmlFile.UsualWindow)
{
    /// <summary>More than ten hours of 60 pictures and two times 50 pieces of sound a second.</summary>
    private const int MaxElements = 8_000_000;

    /// <summary>Blocks of a cluster that are looked at for a cue's keyframe.</summary>
    private const int MaxSearched = 20_000;

    private const int MaxLaceBytes = 4 << 10;

    private readonly EbmlFile _elements = new(source, windowBytes);
    private long _at;
    private long _cluster;
    private long _clusterEnd;
    private long? _time;
    private int _count;

    /// <summary>Goes to a cluster.</summary>
    public void Seek(long cluster)
    {
        _at = cluster;
        _clusterEnd = 0;
        _time = null;
    }

    /// <summary>Goes on at a block of the cluster that was entered.</summary>
    /// <param name="relative">Counted from the cluster's content.</param>
    public async ValueTask SeekAsync(long cluster, long relative, CancellationToken cancellation)
    {
        Seek(cluster);

        if (await _elements.ElementAsync(cluster, cancellation) is not { Id: ElementId.Cluster } element)
        {
            return;
        }

        (_cluster, _clusterEnd) = (element.Start, element.HasSize ? element.End : file.End);
        _at = element.Content;

        // The time comes first, or soon.
        for (var i = 0; i < 8 && _time is null && await _elements.ElementAsync(_at, cancellation) is { HasSize: true } child; i++)
        {
            await TakeTimeAsync(child, cancellation);
            _at = child.End;
        }

        if (relative < _clusterEnd - element.Content)
        {
            _at = element.Content + relative;
        }
    }

    /// <summary>The keyframe of a cue; <c>null</c> when it is not where the cue says.</summary>
    public async ValueTask<MatroskaBlock?> FindAsync(MatroskaCue cue, CancellationToken cancellation)
    {
        await SeekAsync(cue.Cluster, cue.Block ?? 0, cancellation);

        for (var i = 0; i < MaxSearched && await NextAsync(cancellation) is { } block && block.Cluster == cue.Cluster; i++)
        {
            if (block.Track == cue.Track && block.Time == cue.Time)
            {
                return block.IsKey ? block : null;
            }
        }

        return null;
    }

    /// <returns><c>null</c> at the end of the media.</returns>
    public async ValueTask<MatroskaBlock?> NextAsync(CancellationToken cancellation)
    {
        while (_at < file.End && await _elements.ElementAsync(_at, cancellation, mayBeCut: true) is { } element)
        {
            if (++_count > MaxElements)
            {
                throw new MediaException(MediaFailure.TooManyFrames, "The file has more blocks than are allowed.");
            }

            if (element.Id == ElementId.Cluster)
            {
                (_cluster, _clusterEnd, _time) = (element.Start, element.HasSize ? element.End : file.End, null);
                _at = element.Content;
                continue;
            }

            if (!element.HasSize)
            {
                throw new MediaException(MediaFailure.Malformed, "An element has no size.");
            }

            _at = element.End;

            if (ElementId.IsTopLevel(element.Id) || element.Start >= _clusterEnd)
            {
                // Cues and tags may stand between clusters.
                _clusterEnd = 0;
                continue;
            }

            if (element.End > _clusterEnd)
            {
                throw new MediaException(MediaFailure.Malformed, "A block is larger than its cluster.");
            }

            await TakeTimeAsync(element, cancellation);

            if (
                element.Id == ElementId.SimpleBlock
                && await ReadBlockAsync(element, isSimple: true, isKey: false, cancellation) is { } simple
            )
            {
                return simple;
            }

            if (element.Id == ElementId.BlockGroup && await ReadGroupAsync(element, cancellation) is { } grouped)
            {
                return grouped;
            }
        }

        return null;
    }

    /// <summary>The frames of a block (RFC 9559 §10.3).</summary>
    public async ValueTask<IReadOnlyList<MatroskaFrame>> FramesAsync(MatroskaBlock block, CancellationToken cancellation)
    {
        if (block.Lacing == 0)
        {
            return block.Size <= int.MaxValue
                ? [new MatroskaFrame(block.Data, (int)block.Size)]
                : throw new MediaException(MediaFailure.Malformed, "A frame is impossibly large.");
        }

        var bytes = await _elements.PeekAsync(block.Data, (int)Math.Min(block.Size, MaxLaceBytes), cancellation);
        return Lace.Read(bytes.Span, block.Lacing, block.Data, block.Size);
    }

    private async ValueTask TakeTimeAsync(EbmlElement element, CancellationToken cancellation)
    {
        if (element.Id == ElementId.Timestamp && element.Size <= 8)
        {
            _time = EbmlSpan.Unsigned((await _elements.PeekAsync(element.Content, (int)element.Size, cancellation)).Span);
        }
    }

    private async ValueTask<MatroskaBlock?> ReadGroupAsync(EbmlElement group, CancellationToken cancellation)
    {
        EbmlElement? block = null;
        var refers = false;

        for (var at = group.Content; at < group.End && await _elements.ElementAsync(at, cancellation) is { } child; at = child.End)
        {
            if (!child.HasSize || child.End > group.End || ++_count > MaxElements)
            {
                throw new MediaException(MediaFailure.Malformed, "A block is larger than its group.");
            }

            block = child.Id == ElementId.Block ? child : block;
            refers |= child.Id == ElementId.ReferenceBlock;
        }

        return block is { } found ? await ReadBlockAsync(found, isSimple: false, !refers, cancellation) : null;
    }

    private async ValueTask<MatroskaBlock?> ReadBlockAsync(EbmlElement element, bool isSimple, bool isKey, CancellationToken cancellation)
    {
        if (_time is not { } time)
        {
            throw new MediaException(MediaFailure.Malformed, "A cluster does not say when it is.");
        }

        var header = await _elements.PeekAsync(element.Content, (int)Math.Min(element.Size, 12), cancellation);
        var reader = new EbmlSpan(header.Span);
        var track = reader.Variable(8, keepMarker: false);

        if (reader.Remaining < 3)
        {
            throw new MediaException(MediaFailure.Malformed, "A block is too short.");
        }

        var relative = (short)((reader.Rest[0] << 8) | reader.Rest[1]);
        var flags = reader.Rest[2];
        reader.Skip(3);
        var read = header.Length - reader.Remaining;

        return new MatroskaBlock(
            track,
            time + relative,
            isSimple ? (flags & 0x80) != 0 : isKey,
            (flags >> 1) & 3,
            element.Start,
            _cluster,
            element.Content + read,
            element.Size - read
        );
    }
}
