namespace Latchkey.Video.Encoding.Early;

/// <summary>An upload that runs, as far as its video has been begun.</summary>
internal sealed class EarlyUpload : IAsyncDisposable
{
    private const long FirstLookBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _inits = [];
    private long _nextLook = FirstLookBytes;
    private EarlySource? _latest;
    private Task _looking = Task.CompletedTask;

    public EarlyUpload(string sourceKey)
    {
        (SourceKey, _stopping) = (sourceKey, new CancellationTokenSource());
        Stopping = _stopping.Token;
    }

    public string SourceKey { get; }

    public CancellationToken Stopping { get; }

    public EncodingPlan? Plan { get; set; }

    /// <summary>Whether the plan is true of the source's beginning alone, so that it is made anew when more has arrived.</summary>
    public bool IsGuess { get; set; }

    /// <summary>The first segment that is not made.</summary>
    public int Made { get; set; }

    public DateTimeOffset LastHeardOf { get; private set; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Inits => _inits;

    public void HeardOf(DateTimeOffset now) => LastHeardOf = now;

    /// <summary>Notes what has arrived. Whether it is worth a look, and nobody looks just now.</summary>
    public bool IsDue(EarlySource source)
    {
        lock (_gate)
        {
            _latest = source;
            return _looking.IsCompleted && source.Received.EndOf(0) >= _nextLook;
        }
    }

    public void Look(Func<Task> look)
    {
        lock (_gate)
        {
            _looking = look();
        }
    }

    /// <summary>The latest, if it is worth a look; the next one comes when there is twice as much.</summary>
    public EarlySource? TakeDue()
    {
        lock (_gate)
        {
            if (_latest is not { } source || source.Received.EndOf(0) is var arrived && arrived < _nextLook)
            {
                return null;
            }

            _nextLook = arrived * 2;
            return source;
        }
    }

    public void GiveUp()
    {
        lock (_gate)
        {
            _nextLook = long.MaxValue;
        }
    }

    public void KnowInit(string rendition, ReadOnlyMemory<byte> init) => _inits[rendition] = init;

    /// <summary>Ends what is being made.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
