using System.Text.Json.Nodes;

namespace Latchkey.Testing.Telegram;

/// <summary>
/// What people have written, until the bot has asked for what comes after it. One asks at a time: who asks while another waits ends that
/// one's waiting.
/// </summary>
public sealed class TelegramUpdates
{
    private const int MostAtOnce = 100;

    private readonly Lock _lock = new();
    private readonly List<JsonObject> _pending = [];
    private readonly Dictionary<long, string> _all = [];
    private long _last = 500_000_000;
    private TaskCompletionSource _arrival = Signal();
    private CancellationTokenSource? _waiting;

    /// <summary>Ends all waiting.</summary>
    internal CancellationToken Ending { get; set; }

    /// <summary>How many are not confirmed.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <param name="kind">message or callback_query.</param>
    /// <returns>Its number.</returns>
    public long Add(string kind, JsonObject content)
    {
        lock (_lock)
        {
            var update = new JsonObject { ["update_id"] = ++_last, [kind] = content };
            _all[_last] = update.ToJsonString();
            Deliver(update);

            return _last;
        }
    }

    /// <summary>The same once more, as if it had never been confirmed.</summary>
    public void Repeat(long updateId)
    {
        lock (_lock)
            Deliver(JsonNode.Parse(_all[updateId])!.AsObject());
    }

    internal async Task<JsonNode> GetAsync(JsonNode request, CancellationToken cancellation)
    {
        var wait = TimeSpan.FromSeconds((int?)request["timeout"] ?? 0);
        var limit = Math.Clamp((int?)request["limit"] ?? MostAtOnce, 1, MostAtOnce);
        CancellationTokenSource own;

        lock (_lock)
        {
            if ((long?)request["offset"] is { } offset)
                _pending.RemoveAll(update => (long)update["update_id"]! < offset);

            _waiting?.Cancel();
            _waiting = own = new CancellationTokenSource();
        }

        using var any = CancellationTokenSource.CreateLinkedTokenSource(own.Token, cancellation, Ending);

        try
        {
            return await WaitAsync(limit, wait, any.Token);
        }
        catch (OperationCanceledException) when (own.IsCancellationRequested)
        {
            throw new TelegramRefusalException(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            );
        }
        finally
        {
            lock (_lock)
            {
                if (_waiting == own)
                    _waiting = null;
            }

            own.Dispose();
        }
    }

    private async Task<JsonNode> WaitAsync(int limit, TimeSpan wait, CancellationToken cancellation)
    {
        Task arrival;

        lock (_lock)
        {
            if (_pending.Count > 0 || wait == TimeSpan.Zero)
                return Take(limit);

            arrival = _arrival.Task;
        }

        try
        {
            await arrival.WaitAsync(wait, cancellation);
        }
        catch (TimeoutException)
        {
            // Nobody wrote.
        }

        lock (_lock)
            return Take(limit);
    }

    private JsonArray Take(int limit) => [.. _pending.Take(limit).Select(update => update.DeepClone())];

    private void Deliver(JsonObject update)
    {
        _pending.Add(update);
        _arrival.SetResult();
        _arrival = Signal();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
