namespace Latchkey.Video.Encoding;

/// <summary>
/// Those who wait for segments that are not made yet; that without a number is the init segment. Not for use by several threads at once.
/// </summary>
internal sealed class SegmentWaiters
{
    private readonly Dictionary<(string Rendition, int? Segment), TaskCompletionSource<bool>> _waiters = [];

    /// <returns>Whether it was made; <c>false</c> when it never will be.</returns>
    public Task<bool> WaitAsync(string rendition, int? segment, CancellationToken cancellation)
    {
        if (!_waiters.TryGetValue((rendition, segment), out var waiter))
        {
            waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((rendition, segment), waiter);
        }

        return waiter.Task.WaitAsync(cancellation);
    }

    public void TellMade(string rendition, int? segment)
    {
        if (_waiters.Remove((rendition, segment), out var waiter))
        {
            waiter.TrySetResult(true);
        }
    }

    /// <summary>Sends away who waits for any of some renditions.</summary>
    public void SendAway(IReadOnlyList<string> renditions) => SendAway(rendition => renditions.Contains(rendition));

    public void SendAllAway() => SendAway(_ => true);

    private void SendAway(Func<string, bool> isOf)
    {
        foreach (var (segment, waiter) in _waiters.Where(waiter => isOf(waiter.Key.Rendition)).ToList())
        {
            _waiters.Remove(segment);
            waiter.TrySetResult(false);
        }
    }
}
