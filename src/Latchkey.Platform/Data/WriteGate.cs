using System.Diagnostics.CodeAnalysis;

namespace Latchkey.Platform.Data;

/// <summary>
/// Lets one writer at a time into an SQLite file. SQLite would make the others wait inside a blocking call, each holding a thread; here they
/// wait as continuations, first come, first served. Everything written through a <see cref="ModuleDb"/> passes it by itself; plain
/// commands on the hot few paths enter it by hand.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and turns end after the host's.")]
public sealed class WriteGate
{
    // Far above any queue seen; reached only when a holder waits for a second turn of its own, which would otherwise hang for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>Waits for the turn to write; dispose the result to pass it on. Disposing twice does no harm.</summary>
    /// <exception cref="TimeoutException">The turn did not come within two minutes.</exception>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        if (!await _free.WaitAsync(LongestWait, cancellation))
            throw new TimeoutException("Waited two minutes for the database's write gate: a transaction is held open.");

        return new Turn(_free);
    }

    private sealed class Turn(SemaphoreSlim _free) : IDisposable
    {
        private int _passedOn;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _passedOn, 1) == 0)
                _free.Release();
        }
    }
}
