using Latchkey.Vpn.Telegram.BotApi;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Telegram;

/// <summary>
/// Asks Telegram for what people have written, has it answered, and then tells Telegram that it is done: what a dying bot did not get done
/// comes again. Only one may ask; which node does is the sweep's business.
/// </summary>
internal sealed partial class BotPolling(BotApiClient api, BotConversation conversation, TimeProvider time, ILogger<BotPolling> logger)
{
    private const int AtOnce = 100;
    private const int WaitSeconds = 25;
    private const int UsersAtOnce = 8;
    private const int RememberedUpdates = 1000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Queue<long> _handled = [];
    private bool _isConflictExplained;
    private BotApiFailure? _failure;
    private string? _name;

    /// <summary>Until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long? next = null;
        var failures = 0;

        try
        {
            while (true)
            {
                try
                {
                    await IntroduceAsync(cancellation);
                    var updates = await api.GetUpdatesAsync(next, AtOnce, WaitSeconds, cancellation);
                    failures = 0;
                    SayThatItWorks();

                    // What came before is confirmed now. Telegram begins with other numbers after a quiet week, so that none is kept.
                    next = null;
                    await HandleAsync(updates, cancellation);

                    if (updates.Length > 0)
                        next = updates.Max(update => update.UpdateId) + 1;
                }
                catch (BotApiException failure)
                {
                    Explain(failure);
                    await Task.Delay(PauseAfter(failure, failures++), time, cancellation);
                }
            }
        }
        finally
        {
            await ConfirmAsync(next);
        }
    }

    private async Task IntroduceAsync(CancellationToken cancellation)
    {
        if (_name is not null)
            return;

        _name = (await api.GetMeAsync(cancellation)).Username ?? "?";
        Log.Runs(logger, _name);
    }

    /// <summary>One user's messages one after the other, those of several side by side.</summary>
    private Task HandleAsync(BotUpdate[] updates, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            updates.Where(IsNew).GroupBy(update => (update.Message?.From ?? update.CallbackQuery?.From)?.Id).ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = UsersAtOnce, CancellationToken = cancellation },
            async (ofUser, token) =>
            {
                foreach (var update in ofUser)
                    await HandleAsync(update, token);
            }
        );

    private async Task HandleAsync(BotUpdate update, CancellationToken cancellation)
    {
        try
        {
            await conversation.AnswerAsync(update, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // The others are not held up by it.
            Log.NotAnswered(logger, update.UpdateId, failure);
        }
    }

    /// <summary>Telegram may send something twice, when its answer was lost on the way.</summary>
    private bool IsNew(BotUpdate update)
    {
        if (_handled.Contains(update.UpdateId))
            return false;

        _handled.Enqueue(update.UpdateId);

        if (_handled.Count > RememberedUpdates)
            _handled.Dequeue();

        return true;
    }

    private static TimeSpan PauseAfter(BotApiException failure, int failures)
    {
        if (failure.RetryAfter is { } asked)
            return asked;

        return failure.Reason == BotApiFailure.Unauthorized
            ? LongestPause
            : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures, 10)));
    }

    /// <summary>Once for each thing that goes wrong, not once an attempt.</summary>
    private void Explain(BotApiException failure)
    {
        if (failure.Reason == BotApiFailure.Conflict)
        {
            if (!_isConflictExplained)
                Log.Conflict(logger, failure.Message);

            _isConflictExplained = true;
            return;
        }

        if (_failure != failure.Reason)
            Log.DoesNotWork(logger, failure.Reason, failure.Message);

        _failure = failure.Reason;
    }

    private void SayThatItWorks()
    {
        if (_failure is not null)
            Log.WorksAgain(logger);

        _failure = null;
    }

    /// <summary>The last batch was answered: a bot that starts after this one need not answer it again.</summary>
    private async Task ConfirmAsync(long? next)
    {
        if (next is null)
            return;

        using var deadline = new CancellationTokenSource(Farewell, time);

        try
        {
            await api.GetUpdatesAsync(next, 1, 0, deadline.Token);
        }
        catch (Exception failure) when (failure is BotApiException or OperationCanceledException)
        {
            // Then it comes again, and no second key is made of it.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The Telegram bot @{Name} answers")]
        public static partial void Runs(ILogger logger, string name);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Telegram gives this bot's messages to somebody else: a webhook is set (the method deleteWebhook removes it), or another "
                + "program runs with the same token. It is tried again and again. {Description}"
        )]
        public static partial void Conflict(ILogger logger, string description);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The Telegram bot does not work, and is tried again ({Reason}): {Description}")]
        public static partial void DoesNotWork(ILogger logger, BotApiFailure reason, string description);

        [LoggerMessage(Level = LogLevel.Information, Message = "The Telegram bot works again")]
        public static partial void WorksAgain(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, Message = "The Telegram message {UpdateId} could not be answered")]
        public static partial void NotAnswered(ILogger logger, long updateId, Exception failure);
    }
}
