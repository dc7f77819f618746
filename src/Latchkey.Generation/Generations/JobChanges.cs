using System.Collections.Concurrent;

namespace Latchkey.Generation.Generations;

/// <summary>
/// Tells whoever waits on this node that a job has moved. What happens on other nodes is not heard: whoever waits also looks from time to time.
/// </summary>
internal sealed class JobChanges(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    public void Tell(string groupId)
    {
        if (_waiting.TryRemove(groupId, out var waiting))
            waiting.TrySetResult();
    }

    /// <summary>Ends with the job's next move. Take it before reading the row, so that no move falls between.</summary>
    public Task Next(string groupId) =>
        _waiting.GetOrAdd(groupId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>
    /// Whoever has taken a <see cref="Next"/> leaves in the end, since of a job that has ended nobody tells any more. Others who wait look once
    /// in vain.
    /// </summary>
    public void Leave(string groupId) => Tell(groupId);

    /// <summary>Waits for a move, at most so long.</summary>
    public async Task WaitAsync(Task next, TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            await next.WaitAsync(longest, time, cancellation);
        }
        catch (TimeoutException)
        {
            // Then whoever waits looks for itself.
        }
    }
}
