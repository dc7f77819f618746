namespace Latchkey.Video.Uploads;

/// <summary>One after the other for each upload token.</summary>
internal sealed class TokenTurns
{
    private const int Lanes = 64;

    private readonly SemaphoreSlim[] _lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1))];

    public async Task<IDisposable> EnterAsync(string tokenHash, CancellationToken cancellation)
    {
        var lane = _lanes[(uint)StringComparer.Ordinal.GetHashCode(tokenHash) % Lanes];
        await lane.WaitAsync(cancellation);

        return new Turn(lane);
    }

    private sealed class Turn(SemaphoreSlim lane) : IDisposable
    {
        public void Dispose() => lane.Release();
    }
}
