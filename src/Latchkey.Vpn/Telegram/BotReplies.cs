using Latchkey.Vpn.Telegram.BotApi;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Telegram;

/// <summary>Sends what the bot says, and tries again when Telegram asks for patience or cannot be reached.</summary>
internal sealed partial class BotReplies(BotApiClient api, TimeProvider time, ILogger<BotReplies> logger)
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    // Nobody waits longer for an answer, and those who wrote after them wait too.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    public Task SayAsync(BotCaller caller, string text, CancellationToken cancellation, BotKeyboard? keyboard = null) =>
        TryAsync(() => api.SendMessageAsync(caller.ChatId, text, keyboard, cancellation), cancellation);

    public Task ShowAsync(BotCaller caller, ReadOnlyMemory<byte> png, CancellationToken cancellation) =>
        TryAsync(() => api.SendPhotoAsync(caller.ChatId, png, cancellation), cancellation);

    /// <summary>Puts another text in the place of one that the bot has sent.</summary>
    public Task ReplaceAsync(BotCaller caller, long messageId, string text, CancellationToken cancellation, BotKeyboard? keyboard = null) =>
        TryAsync(() => api.EditMessageAsync(caller.ChatId, messageId, text, keyboard, cancellation), cancellation);

    /// <summary>Ends the waiting of a pressed button.</summary>
    public Task ReleaseAsync(string callbackId, CancellationToken cancellation) =>
        TryAsync(() => api.AnswerCallbackAsync(callbackId, cancellation), cancellation);

    private async Task TryAsync(Func<Task> send, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await send();
                return;
            }
            catch (BotApiException failure) when (failure.Reason == BotApiFailure.Rejected)
            {
                // They have blocked the bot, the button is old, or the text is the same already: nobody waits for it.
                Log.Rejected(logger, failure.Message);
                return;
            }
            catch (BotApiException failure)
            {
                var pause = failure.RetryAfter ?? FirstPause * Math.Pow(2, attempt - 1);

                if (attempt == Attempts || pause > LongestPause)
                {
                    Log.NotSent(logger, failure.Message);
                    return;
                }

                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Telegram did not take an answer: {Reason}")]
        public static partial void Rejected(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "An answer could not be sent to Telegram, and is given up: {Reason}")]
        public static partial void NotSent(ILogger logger, string reason);
    }
}
