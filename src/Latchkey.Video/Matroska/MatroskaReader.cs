using Latchkey.Platform.Files;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;

namespace Latchkey.Video.Matroska;

/// <summary>
/// Reads what stands before the media of a Matroska or WebM file (RFC 9559), and its cues wherever they are, never the media itself.
/// Nothing in the file is believed before it was held against the size of what contains it.
/// </summary>
internal sealed class MatroskaReader
{
    private const int MaxHeaderBytes = 64 << 10;
    private const int MaxInfoBytes = 1 << 20;
    private const int MaxTracksBytes = 8 << 20;
    private const int MaxCuesBytes = 64 << 20;
    private const int MaxElements = 10_000;

    /// <summary>A duration beyond two days is an error of whoever wrote it.</summary>
    private const double MostSeconds = 48 * 3600;

    private readonly EbmlFile _file;
    private readonly bool _mayLackCues;
    private readonly CancellationToken _cancellation;

    private long _segmentStart;
    private long _end;
    private long? _firstCluster;
    private long _timestampScale = 1_000_000;
    private double? _duration;
    private IReadOnlyList<MatroskaTrack>? _tracks;
    private List<(long Time, long Track, long Cluster, long? Block)>? _cues;
    private bool _lacksCues;
    private readonly Dictionary<uint, long> _sought = [];

    private MatroskaReader(EbmlFile file, bool mayLackCues, CancellationToken cancellation)
    {
        _file = file;
        _mayLackCues = mayLackCues;
        _cancellation = cancellation;
    }

    /// <param name="mayLackCues">Whether a file counts whose cues have not arrived yet.</param>
    /// <returns><c>null</c> when the file is of another kind.</returns>
    /// <exception cref="MediaException">It is of this kind, and cannot be read.</exception>
    public static async Task<MatroskaFile?> ReadAsync(IStoredFileReader file, CancellationToken cancellation, bool mayLackCues = false)
    {
        var reader = new MatroskaReader(new EbmlFile(file), mayLackCues, cancellation);
        var start = await reader._file.PeekAsync(0, 4, cancellation);

        return start.Span.SequenceEqual((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]) ? await reader.ReadAsync() : null;
    }

    private async Task<MatroskaFile?> ReadAsync()
    {
        var header = await _file.ElementAsync(0, _cancellation);

        if (header is not { Id: ElementId.Ebml, HasSize: true } || !await IsMatroskaAsync(header.Value))
        {
            return null;
        }

        if (await _file.ElementAsync(header.Value.End, _cancellation) is not { Id: ElementId.Segment } segment)
        {
            throw new MediaException(MediaFailure.Malformed, "There is no segment after the header.");
        }

        _segmentStart = segment.Content;
        _end = segment.HasSize ? segment.End : _file.Length;
        await ReadUntilClustersAsync();
        await ReadSoughtAsync();

        if (_tracks is null || _firstCluster is not { } firstCluster)
        {
            throw new MediaException(MediaFailure.Malformed, "The file has no tracks or no media.");
        }

        return new MatroskaFile(
            _file.Length,
            _segmentStart,
            _end,
            _timestampScale,
            _duration is { } ticks && double.IsFinite(ticks) && ticks > 0 && ticks * _timestampScale < MostSeconds * 1e9 ? ticks : null,
            firstCluster,
            _tracks,
            PlaceCues()
        )
        {
            LacksCues = _lacksCues,
        };
    }

    private async Task<bool> IsMatroskaAsync(EbmlElement header)
    {
        var children = new EbmlSpan(await _file.ContentAsync(header, MaxHeaderBytes, _cancellation));

        while (children.TryElement(out var id, out var content))
        {
            if (id == ElementId.DocumentType)
            {
                return content.StartsWith("matroska"u8) || content.StartsWith("webm"u8);
            }
        }

        return true;
    }

    private async Task ReadUntilClustersAsync()
    {
        var at = _segmentStart;

        for (var elements = 0; at < _end && await _file.ElementAsync(at, _cancellation) is { } element; elements++)
        {
            if (element.Id == ElementId.Cluster)
            {
                _firstCluster = at;
                return;
            }

            if (!element.HasSize || element.End > _end || elements == MaxElements)
            {
                throw new MediaException(MediaFailure.Malformed, "An element before the media is larger than what holds it.");
            }

            await ReadElementAsync(element);
            at = element.End;
        }
    }

    /// <summary>What stands behind the media is found by the seek head.</summary>
    private async Task ReadSoughtAsync()
    {
        foreach (var id in new[] { ElementId.SeekHead, ElementId.Info, ElementId.Tracks, ElementId.Cues })
        {
            var isKnown = id switch
            {
                ElementId.Tracks => _tracks is not null,
                ElementId.Cues => _cues is not null,
                ElementId.Info => _duration is not null,
                _ => false,
            };

            if (!isKnown && _sought.TryGetValue(id, out var position) && position < _end - _segmentStart)
            {
                await ReadSoughtAsync(id, _segmentStart + position);
            }
        }
    }

    private async Task ReadSoughtAsync(uint id, long at)
    {
        try
        {
            if (await FindAsync(at) is { HasSize: true } element && element.Id == id)
            {
                await ReadElementAsync(element);
            }
        }
        catch (BytesMissingException) when (id == ElementId.Cues && _mayLackCues)
        {
            _lacksCues = true;
        }
    }

    /// <summary>A position that leads into something else is as good as none.</summary>
    private async Task<EbmlElement?> FindAsync(long at)
    {
        try
        {
            return await _file.ElementAsync(at, _cancellation);
        }
        catch (MediaException)
        {
            return null;
        }
    }

    private async Task ReadElementAsync(EbmlElement element)
    {
        switch (element.Id)
        {
            case ElementId.SeekHead:
                ReadSeekHead(await _file.ContentAsync(element, MaxInfoBytes, _cancellation), element.Start);
                break;
            case ElementId.Info:
                ReadInfo(await _file.ContentAsync(element, MaxInfoBytes, _cancellation));
                break;
            case ElementId.Tracks when _tracks is null:
                _tracks = TracksElement.Read(await _file.ContentAsync(element, MaxTracksBytes, _cancellation));
                break;
            case ElementId.Cues when _cues is null:
                _cues = CuesElement.Read(await _file.ContentAsync(element, MaxCuesBytes, _cancellation));
                break;
        }
    }

    private void ReadSeekHead(ReadOnlySpan<byte> body, long start)
    {
        var entries = new EbmlSpan(body);

        while (entries.TryElement(out var id, out var entry))
        {
            if (id != ElementId.Seek)
            {
                continue;
            }

            long wanted = 0,
                position = 0;
            var children = new EbmlSpan(entry);

            while (children.TryElement(out var child, out var content))
            {
                wanted = child == ElementId.SeekId ? EbmlSpan.Unsigned(content) : wanted;
                position = child == ElementId.SeekPosition ? EbmlSpan.Unsigned(content) : position;
            }

            // A seek head may name a second one, not itself.
            if (wanted is > 0 and <= uint.MaxValue && _segmentStart + position != start)
            {
                _sought.TryAdd((uint)wanted, position);
            }
        }
    }

    private void ReadInfo(ReadOnlySpan<byte> body)
    {
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            if (id == ElementId.TimestampScale && EbmlSpan.Unsigned(content) is > 0 and var scale)
            {
                _timestampScale = scale;
            }
            else if (id == ElementId.Duration)
            {
                _duration = EbmlSpan.Float(content);
            }
        }
    }

    /// <summary>Cues with positions in the file; those of blocks stay counted from their cluster's content.</summary>
    private List<MatroskaCue> PlaceCues()
    {
        var limit = _end - _segmentStart;

        return
        [
            .. (_cues ?? [])
                .Where(cue => cue.Cluster < limit && cue.Block is null or <= int.MaxValue)
                .Select(cue => new MatroskaCue(cue.Time, cue.Track, _segmentStart + cue.Cluster, cue.Block))
                .OrderBy(cue => cue.Time),
        ];
    }
}
