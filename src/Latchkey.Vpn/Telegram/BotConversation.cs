using Latchkey.Vpn.Telegram.BotApi;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Telegram;

/// <summary>Finds out who wrote, whether they may, and what they want.</summary>
internal sealed partial class BotConversation(BotAccess access, BotCommands commands, BotReplies replies, ILogger<BotConversation> logger)
{
    private const string PrivateChat = "private";

    public async Task AnswerAsync(BotUpdate update, CancellationToken cancellation)
    {
        if (update.CallbackQuery is { } pressed)
            await AnswerButtonAsync(update.UpdateId, pressed, cancellation);
        else if (update.Message is { From: { IsBot: false } user } message)
            await AnswerMessageAsync(Caller(user, message.Chat.Id, update.UpdateId), message, cancellation);
    }

    private async Task AnswerMessageAsync(BotCaller caller, BotMessage message, CancellationToken cancellation)
    {
        var (command, argument) = Parse(message.Text);

        if (message.Chat.Type != PrivateChat)
        {
            if (command is not null)
                await replies.SayAsync(caller, caller.Texts.PrivateOnly, cancellation);

            return;
        }

        if (await RefuseAsync(caller, cancellation))
            return;

        await TryAsync(
            caller,
            () =>
                command switch
                {
                    "start" or "help" => replies.SayAsync(caller, caller.Texts.Help(caller.SeesAllKeys), cancellation),
                    "create" => commands.CreateAsync(caller, cancellation),
                    "list" => commands.ListAsync(caller, cancellation),
                    "link" => commands.LinkAsync(caller, argument, cancellation),
                    "traffic" => commands.TrafficAsync(caller, argument, cancellation),
                    "reset_traffic" => commands.ResetTrafficAsync(caller, argument, cancellation),
                    "delete" => commands.AskToDeleteAsync(caller, argument, cancellation),
                    _ => replies.SayAsync(caller, caller.Texts.UnknownCommand, cancellation),
                },
            cancellation
        );
    }

    private async Task AnswerButtonAsync(long updateId, BotCallback pressed, CancellationToken cancellation)
    {
        await replies.ReleaseAsync(pressed.Id, cancellation);

        if (pressed.Message is not { Chat.Type: PrivateChat } message)
            return;

        var caller = Caller(pressed.From, message.Chat.Id, updateId);

        if (await RefuseAsync(caller, cancellation) || BotButtons.Read(pressed.Data) is not { } button)
            return;

        await TryAsync(
            caller,
            () =>
                button.Action switch
                {
                    BotButtons.Delete => commands.DeleteAsync(caller, message.MessageId, button.Number, cancellation),
                    BotButtons.Keep => replies.ReplaceAsync(caller, message.MessageId, caller.Texts.Kept, cancellation),
                    _ => commands.TurnPageAsync(caller, message.MessageId, (int)Math.Min(button.Number, int.MaxValue), cancellation),
                },
            cancellation
        );
    }

    /// <returns>Whether they may not, and have been told so.</returns>
    private async Task<bool> RefuseAsync(BotCaller caller, CancellationToken cancellation)
    {
        var refusal = caller.Scope switch
        {
            BotScope.NotSetUp => caller.Texts.NotSetUp(caller.User.Id),
            BotScope.Refused => caller.Texts.Refused(caller.User.Id),
            _ => null,
        };

        if (refusal is null)
            return false;

        await replies.SayAsync(caller, refusal, cancellation);

        return true;
    }

    private async Task TryAsync(BotCaller caller, Func<Task> work, CancellationToken cancellation)
    {
        try
        {
            await work();
        }
        catch (BotKeysException failure)
        {
            Log.CommandFailed(logger, failure.Message);
            await replies.SayAsync(caller, caller.Texts.Failed, cancellation);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            await replies.SayAsync(caller, caller.Texts.Failed, cancellation);
            throw;
        }
    }

    private BotCaller Caller(BotUser user, long chatId, long updateId) => new(user, chatId, updateId, access.Of(user.Id));

    /// <summary>Of <c>/traffic@the_bot 1</c>: traffic, and 1.</summary>
    private static (string? Command, string Argument) Parse(string? text)
    {
        if (text is not ['/', .. var rest])
            return (null, "");

        var words = rest.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);

        return words.Length == 0 ? ("", "") : (words[0].Split('@')[0].ToLowerInvariant(), words.Length > 1 ? words[1].Trim() : "");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A command of the Telegram bot failed: {Reason}")]
        public static partial void CommandFailed(ILogger logger, string reason);
    }
}
