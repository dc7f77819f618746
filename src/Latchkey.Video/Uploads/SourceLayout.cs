namespace Latchkey.Video.Uploads;

/// <summary>
/// Who owns which bytes of one growing source file: the pieces that are there, and those on their way. No two spans ever overlap, whatever
/// sizes the parts turn out to have; a piece without a sure place goes aside instead.
/// </summary>
internal sealed class SourceLayout(long mostBytes)
{
    private readonly Lock _lock = new();
    private readonly List<SourceSpan> _spans = [];
    private readonly Dictionary<long, long> _sizes = [];
    private long? _stride;

    /// <summary>A piece that was there before.</summary>
    public void Add(ReceivedPart part, SourceMode mode, bool isLast)
    {
        lock (_lock)
        {
            if (part.AsideKey is null)
                _spans.Add(new SourceSpan(part.Number, part.Offset, part.End));

            Learn(part.Number, part.Size, mode, isLast);
        }
    }

    /// <summary>A span for a piece that is about to arrive; <c>null</c> when its place is not known, or not free.</summary>
    public SourceSpan? TryClaim(ContentRange? range)
    {
        lock (_lock)
        {
            if (StartOf(range) is not { } start || start >= mostBytes)
                return null;

            // Of a byte range the length is known, of a part it is not: then it may grow to the next span.
            var end = range is { Mode: SourceMode.Bytes } ? range.Last + 1 : start + 1;

            if (_spans.Exists(span => span.Start < end && start < span.Occupied))
                return null;

            var claimed = new SourceSpan(range?.Number ?? 1, start, start)
            {
                Limit = range is { Mode: SourceMode.Bytes } ? end : long.MaxValue,
            };
            _spans.Add(claimed);
            return claimed;
        }
    }

    /// <summary>Makes room for more bytes at a span's end; not when the next span begins there.</summary>
    public bool TryExtend(SourceSpan span, long count)
    {
        lock (_lock)
        {
            var end = span.End + count;

            if (end > span.Limit || _spans.Exists(other => other != span && other.Start >= span.Start && other.Start < end))
                return false;

            span.End = end;
            return true;
        }
    }

    /// <summary>A piece is there for good; <paramref name="span"/> is <c>null</c> when it lies aside.</summary>
    public void Settle(SourceSpan? span, long number, long size, SourceMode mode, bool isLast)
    {
        lock (_lock)
        {
            if (span is not null)
                span.Limit = span.End;

            Learn(number, size, mode, isLast);
        }
    }

    public void Release(SourceSpan span)
    {
        lock (_lock)
            _spans.Remove(span);
    }

    private long? StartOf(ContentRange? range)
    {
        if (range is null)
            return 0;

        if (range.Mode == SourceMode.Bytes)
            return range.Number;

        var before = 0L;

        for (var number = 1L; number < range.Number; number++)
        {
            if (!_sizes.TryGetValue(number, out var size))
                return (range.Number - 1) * _stride;

            before += size;
        }

        return before;
    }

    /// <summary>Clients cut a file into parts of one size, so the first full part tells where the others belong.</summary>
    private void Learn(long number, long size, SourceMode mode, bool isLast)
    {
        _sizes[number] = size;

        if (mode == SourceMode.Parts && !isLast)
            _stride ??= size;
    }
}

/// <param name="start">First byte.</param>
/// <param name="end">One behind the last byte that is written or about to be.</param>
internal sealed class SourceSpan(long number, long start, long end)
{
    public long Number { get; } = number;

    public long Start { get; } = start;

    public long End { get; set; } = end;

    /// <summary>How far it may grow at most.</summary>
    public long Limit { get; set; } = end;

    /// <summary>One behind the last byte that nobody else may have; an empty span holds its first byte, a byte range all of itself.</summary>
    public long Occupied => Limit == long.MaxValue ? Math.Max(End, Start + 1) : Limit;
}
