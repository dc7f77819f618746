using System.Diagnostics.CodeAnalysis;
using Latchkey.Generation.Models;

namespace Latchkey.Generation.Providers;

/// <summary>Whether a job may be sent now. If not, when to ask again, and whether it then has its turn.</summary>
/// <param name="IsInLine">It is told once a place is left.</param>
internal readonly record struct Admission(bool IsOpen, TimeSpan Wait, bool HasTurn, bool IsInLine = false);

/// <summary>The limits of one key of a provider, and its circuit breaker.</summary>
/// <param name="limits">Asked each time: the operator may change them.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class ProviderLane(Func<ProviderLimits> limits)
{
    private const int FailuresToOpen = 5;
    private const int LooksAtOnce = 128;
    private static readonly TimeSpan FailureWindow = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(60);

    /// <summary>For those whom nobody wakes: after a restart, or when other nodes leave the places.</summary>
    private static readonly TimeSpan WhenFull = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhileTrying = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _looks = new(LooksAtOnce);
    private readonly Queue<DateTimeOffset> _failures = new();
    private readonly Queue<string> _line = new();
    private readonly HashSet<string> _inLine = [];
    private int _inside;
    private DateTimeOffset _nextTurn;
    private DateTimeOffset? _openUntil;
    private bool _isTrying;

    /// <summary>Tasks that are at the provider.</summary>
    public int Inside
    {
        get
        {
            lock (_lock)
                return _inside;
        }
    }

    public TimeSpan ReadyIn(DateTimeOffset now)
    {
        lock (_lock)
        {
            var closed = _openUntil > now ? _openUntil.Value - now : TimeSpan.Zero;
            // A lane that was never used has its next turn at the beginning of time.
            var turn = _nextTurn > now && _nextTurn - now > Burst() ? _nextTurn - now - Burst() : TimeSpan.Zero;
            var full = _inside >= limits().Concurrent ? WhenFull : TimeSpan.Zero;

            return closed + turn + full;
        }
    }

    /// <summary>Takes a place. A job that finds none stands in line for the next that is left.</summary>
    public Admission Enter(string jobId, bool hasTurn, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_openUntil > now)
                return new(false, _openUntil.Value - now, hasTurn);

            // Half open: one task shows whether the provider is back.
            if (_openUntil is not null && _isTrying)
                return new(false, WhileTrying, hasTurn);

            if (_inside >= limits().Concurrent)
            {
                StandInLine(jobId);
                return new(false, WhenFull, hasTurn, IsInLine: true);
            }

            _inLine.Remove(jobId);

            if (!hasTurn && TakeTurn(now) is var wait && wait > TimeSpan.Zero)
                return new(false, wait, HasTurn: true);

            _isTrying = _openUntil is not null;
            _inside++;
            return new(true, TimeSpan.Zero, HasTurn: false);
        }
    }

    /// <summary>Waits for a place, without asking for one now.</summary>
    public void StandInLine(string jobId)
    {
        lock (_lock)
        {
            if (_inLine.Add(jobId))
                _line.Enqueue(jobId);
        }
    }

    /// <summary>Asks how a task is getting on, once there is room: a vendor that is slow to answer is not asked ever more at once.</summary>
    public async Task<T> LookAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        await _looks.WaitAsync(cancellation);

        try
        {
            return await ask();
        }
        finally
        {
            _looks.Release();
        }
    }

    /// <returns>The job that has stood in line for the place, if there is one. It is no longer in it.</returns>
    public string? Leave()
    {
        lock (_lock)
        {
            _inside = Math.Max(0, _inside - 1);

            while (_inside < limits().Concurrent && _line.TryDequeue(out var next))
            {
                if (_inLine.Remove(next))
                    return next;
            }

            return null;
        }
    }

    /// <summary>It needs no place any more.</summary>
    public void Forget(string jobId)
    {
        lock (_lock)
            _inLine.Remove(jobId);
    }

    public void Recount(int inside)
    {
        lock (_lock)
            _inside = inside;
    }

    /// <summary>How a call to the provider went; only its own trouble counts as unhealthy, not a bad order.</summary>
    public void Report(bool isHealthy, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (isHealthy)
            {
                if (_openUntil <= now || _isTrying)
                    (_openUntil, _isTrying) = (null, false);

                _failures.Clear();
                return;
            }

            _failures.Enqueue(now);

            while (_failures.TryPeek(out var oldest) && oldest + FailureWindow < now)
                _failures.Dequeue();

            if (_isTrying || _failures.Count >= FailuresToOpen)
            {
                (_openUntil, _isTrying) = (now + OpenFor, false);
                _failures.Clear();
            }
        }
    }

    /// <summary>Keeps a place in the queue: a thousand who come at once are each told a time of their own.</summary>
    private TimeSpan TakeTurn(DateTimeOffset now)
    {
        var at = _nextTurn > now ? _nextTurn : now;
        _nextTurn = at + Interval();

        var wait = at - Burst() - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    // A quarter of the tasks may come at once, and the rest are spread, so that no window has more than the provider allows.
    private static int AtOnce(ProviderLimits limits) => Math.Max(1, limits.Submits / 4);

    private TimeSpan Interval()
    {
        var current = limits();
        return TimeSpan.FromSeconds((double)current.PerSeconds / Math.Max(1, current.Submits - AtOnce(current)));
    }

    private TimeSpan Burst() => Interval() * (AtOnce(limits()) - 1);
}
