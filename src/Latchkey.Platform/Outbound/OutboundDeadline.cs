namespace Latchkey.Platform.Outbound;

/// <summary>The time that a request may take: in all, and without anything arriving.</summary>
internal sealed class OutboundDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationToken _caller;
    private readonly TimeProvider _time;
    private readonly TimeSpan _idle;
    private readonly DateTimeOffset _end;
    private bool _cancelledByReader;

    public OutboundDeadline(TimeSpan total, TimeSpan idle, TimeProvider time, CancellationToken caller)
    {
        (_time, _idle, _caller, _end) = (time, idle, caller, time.GetUtcNow() + total);
        _timer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    /// <summary>Runs one step; what it waits for too long ends as <c>timed_out</c>.</summary>
    public async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> step)
    {
        var left = _end - _time.GetUtcNow();

        _timer.CancelAfter(
            left < TimeSpan.Zero ? TimeSpan.Zero
            : left < _idle ? left
            : _idle
        );

        try
        {
            return await step(_source.Token);
        }
        catch (Exception exception) when (_timer.IsCancellationRequested && !_cancelledByReader && !_caller.IsCancellationRequested)
        {
            throw new OutboundException(OutboundReasons.TimedOut, "The other side took too long.", exception);
        }
        finally
        {
            // Between two reads it is us who take our time, which only the whole limit counts.
            if (!_timer.IsCancellationRequested)
                _timer.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Cancel()
    {
        _cancelledByReader = true;
        _timer.Cancel();
    }

    public void Dispose()
    {
        _source.Dispose();
        _timer.Dispose();
    }
}
