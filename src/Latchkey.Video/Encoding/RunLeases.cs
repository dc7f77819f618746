namespace Latchkey.Video.Encoding;

/// <summary>Until when each run is believed to be under way. Whoever makes it renews its lease; a run whose lease ends is given to somebody else.</summary>
internal sealed class RunLeases(TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Guid, DateTimeOffset> _until = [];

    public void Renew(Guid run) => _until[run] = time.GetUtcNow() + Length;

    public void End(Guid run) => _until.Remove(run);

    public void EndAll() => _until.Clear();

    /// <summary>Ends the leases that nobody has renewed.</summary>
    public IReadOnlyList<(Guid Run, DateTimeOffset Until)> TakeLost()
    {
        var now = time.GetUtcNow();
        var lost = _until.Where(lease => lease.Value < now).Select(lease => (lease.Key, lease.Value)).ToList();
        lost.ForEach(lease => _until.Remove(lease.Key));

        return lost;
    }
}
