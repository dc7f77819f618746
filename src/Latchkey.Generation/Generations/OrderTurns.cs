namespace Latchkey.Generation.Generations;

/// <summary>Lets equal orders in one after the other, so that the second sees the job of the first.</summary>
internal sealed class OrderTurns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal);

    public async Task<IDisposable> EnterAsync(string key, CancellationToken cancellation)
    {
        Turn turn;

        lock (_lock)
        {
            if (!_turns.TryGetValue(key, out turn!))
                _turns[key] = turn = new Turn();

            turn.Waiting++;
        }

        try
        {
            await turn.Free.WaitAsync(cancellation);
        }
        catch
        {
            Leave(key, turn);
            throw;
        }

        return new Held(this, key, turn);
    }

    private void Leave(string key, Turn turn)
    {
        lock (_lock)
        {
            if (--turn.Waiting > 0)
                return;

            _turns.Remove(key);
            turn.Free.Dispose();
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Free { get; } = new(1);

        public int Waiting { get; set; }
    }

    private sealed class Held(OrderTurns owner, string key, Turn turn) : IDisposable
    {
        public void Dispose()
        {
            turn.Free.Release();
            owner.Leave(key, turn);
        }
    }
}
