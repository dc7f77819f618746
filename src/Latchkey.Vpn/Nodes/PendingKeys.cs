namespace Latchkey.Vpn.Nodes;

/// <summary>Keys that changed and that the core has not been told of; those that come while it is being told go together next.</summary>
internal sealed class PendingKeys
{
    private readonly Lock _lock = new();
    private Batch _next = new();
    private bool _isBeingWorkedOff;

    /// <returns>Whether the core agreed, once it was asked; never a failure. And whether nobody works the keys off yet, so that the caller must.</returns>
    public (Task<bool> Agreed, bool MustStart) Add(IEnumerable<long> keyIds)
    {
        lock (_lock)
        {
            var mustStart = !_isBeingWorkedOff;
            _isBeingWorkedOff = true;
            _next.KeyIds.UnionWith(keyIds);

            return (_next.Ended, mustStart);
        }
    }

    /// <summary>Everything that waits, to be ended with <see cref="Batch.End"/>; <c>null</c> when the work is done.</summary>
    public Batch? Take()
    {
        lock (_lock)
        {
            if (_next.KeyIds.Count == 0)
            {
                _isBeingWorkedOff = false;
                return null;
            }

            var taken = _next;
            _next = new Batch();

            return taken;
        }
    }

    public sealed class Batch
    {
        private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HashSet<long> KeyIds { get; } = [];

        public Task<bool> Ended => _ended.Task;

        public void End(bool agreed) => _ended.TrySetResult(agreed);
    }
}
