using System.Globalization;
using Latchkey.Vpn.Telegram.BotApi;
using QRCoder;
using QRCoder.Exceptions;

namespace Latchkey.Vpn.Telegram;

/// <summary>What the bot does on command.</summary>
/// <param name="owners"><c>null</c> where those who may use the bot may use all keys.</param>
internal sealed class BotCommands(BotAccess access, IBotKeys keys, KeyOwners? owners, BotReplies replies, BotIdentity identity)
{
    private const int PageSize = 20;
    private const int PixelsPerModule = 8;

    public async Task CreateAsync(BotCaller caller, CancellationToken cancellation)
    {
        var own = await OwnAsync(caller, cancellation);

        // The same message again is not one key more: they are told of the key that they have got.
        if (own?.Count >= access.MaxKeys && own.All(key => key.UpdateId != caller.UpdateId))
        {
            await replies.SayAsync(caller, caller.Texts.TooManyKeys(access.MaxKeys, own.Select(key => key.KeyId)), cancellation);
            return;
        }

        var key = await keys.CreateAsync(caller.KeyName, identity.RequestName(caller.UpdateId), cancellation);

        if (owners is not null)
            await owners.AddAsync(key.Id, caller.User.Id, caller.UpdateId, cancellation);

        await replies.SayAsync(caller, caller.Texts.Created(key), cancellation);
        string? link;

        try
        {
            link = await keys.LinkAsync(key.Id, cancellation);
        }
        catch (BotKeysException)
        {
            await replies.SayAsync(caller, caller.Texts.NoLink(key.Id), cancellation);
            throw;
        }

        await ShowLinkAsync(caller, link, cancellation);
    }

    public async Task LinkAsync(BotCaller caller, string argument, CancellationToken cancellation)
    {
        if (await ChooseAsync(caller, "link", argument, cancellation) is { } id)
            await ShowLinkAsync(caller, await keys.LinkAsync(id, cancellation), cancellation);
    }

    public async Task TrafficAsync(BotCaller caller, string argument, CancellationToken cancellation)
    {
        if (await ChooseAsync(caller, "traffic", argument, cancellation) is not { } id)
            return;

        var text = await keys.TrafficAsync(id, cancellation) is { } traffic ? caller.Texts.Traffic(id, traffic) : caller.Texts.UnknownKey;
        await replies.SayAsync(caller, text, cancellation);
    }

    public async Task ResetTrafficAsync(BotCaller caller, string argument, CancellationToken cancellation)
    {
        if (await ChooseAsync(caller, "reset_traffic", argument, cancellation) is not { } id)
            return;

        var text = await keys.ResetTrafficAsync(id, cancellation) is { } previous
            ? caller.Texts.TrafficReset(id, previous)
            : caller.Texts.UnknownKey;
        await replies.SayAsync(caller, text, cancellation);
    }

    public async Task AskToDeleteAsync(BotCaller caller, string argument, CancellationToken cancellation)
    {
        if (await ChooseAsync(caller, "delete", argument, cancellation) is not { } id)
            return;

        if (await keys.FindAsync(id, cancellation) is { } key)
            await replies.SayAsync(caller, caller.Texts.AskToDelete(key), cancellation, BotButtons.ToDelete(caller.Texts, id));
        else
            await replies.SayAsync(caller, caller.Texts.UnknownKey, cancellation);
    }

    /// <summary>After they have said yes.</summary>
    public async Task DeleteAsync(BotCaller caller, long messageId, long id, CancellationToken cancellation)
    {
        var isDeleted = await MayUseAsync(caller, id, cancellation) && await keys.DeleteAsync(id, cancellation);

        if (isDeleted && owners is not null)
            await owners.RemoveAsync(id, cancellation);

        await replies.ReplaceAsync(caller, messageId, isDeleted ? caller.Texts.Deleted(id) : caller.Texts.UnknownKey, cancellation);
    }

    public async Task ListAsync(BotCaller caller, CancellationToken cancellation)
    {
        var (text, keyboard) = await PageAsync(caller, 0, cancellation);
        await replies.SayAsync(caller, text, cancellation, keyboard);
    }

    public async Task TurnPageAsync(BotCaller caller, long messageId, int offset, CancellationToken cancellation)
    {
        var (text, keyboard) = await PageAsync(caller, offset, cancellation);
        await replies.ReplaceAsync(caller, messageId, text, cancellation, keyboard);
    }

    private async Task<(string Text, BotKeyboard? Keyboard)> PageAsync(BotCaller caller, int offset, CancellationToken cancellation)
    {
        var page = await OwnAsync(caller, cancellation) is { } own
            ? await FindAllAsync(own.Skip(offset).Take(PageSize), own.Count, cancellation)
            : await keys.ListAsync(offset, PageSize, cancellation);

        return page.Keys.Count == 0
            ? (caller.Texts.NoKeys, null)
            : (caller.Texts.List(page, offset), BotButtons.ToTurnPages(caller.Texts, offset, PageSize, page.Total));
    }

    private async Task<BotKeyPage> FindAllAsync(IEnumerable<TelegramKey> own, int total, CancellationToken cancellation)
    {
        var found = new List<BotKey>();

        foreach (var one in own)
        {
            if (await keys.FindAsync(one.KeyId, cancellation) is { } key)
                found.Add(key);
        }

        return new BotKeyPage(found, total);
    }

    private async Task ShowLinkAsync(BotCaller caller, string? link, CancellationToken cancellation)
    {
        if (link is null)
        {
            await replies.SayAsync(caller, caller.Texts.UnknownKey, cancellation);
            return;
        }

        await replies.SayAsync(caller, caller.Texts.Link(link), cancellation);

        if (Picture(link) is { } png)
            await replies.ShowAsync(caller, png, cancellation);
        else
            await replies.SayAsync(caller, caller.Texts.TooLongForPicture, cancellation);
    }

    /// <summary>The key that a command is about; when there is none, they have been told why.</summary>
    private async Task<long?> ChooseAsync(BotCaller caller, string command, string argument, CancellationToken cancellation)
    {
        if (argument.Length == 0 && await OwnAsync(caller, cancellation) is { } own)
        {
            if (own.Count == 1)
                return own[0].KeyId;

            var text = own.Count == 0 ? caller.Texts.NoKeys : caller.Texts.SeveralKeys(command, own.Select(key => key.KeyId));
            await replies.SayAsync(caller, text, cancellation);

            return null;
        }

        if (!long.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            await replies.SayAsync(caller, caller.Texts.Usage(command), cancellation);

            return null;
        }

        if (await MayUseAsync(caller, id, cancellation))
            return id;

        // Whose it is, or whether there is one, is nobody else's business.
        await replies.SayAsync(caller, caller.Texts.UnknownKey, cancellation);

        return null;
    }

    private async Task<bool> MayUseAsync(BotCaller caller, long id, CancellationToken cancellation) =>
        await OwnAsync(caller, cancellation) is not { } own || own.Any(key => key.KeyId == id);

    /// <summary>The keys that they have made and that are still there; <c>null</c> when all keys are theirs to use.</summary>
    private async Task<IReadOnlyList<TelegramKey>?> OwnAsync(BotCaller caller, CancellationToken cancellation)
    {
        if (owners is null || caller.SeesAllKeys)
            return null;

        var own = new List<TelegramKey>();

        foreach (var key in await owners.ListAsync(caller.User.Id, cancellation))
        {
            if (await keys.FindAsync(key.KeyId, cancellation) is null)
                await owners.RemoveAsync(key.KeyId, cancellation);
            else
                own.Add(key);
        }

        return own;
    }

    /// <returns><c>null</c> when the link is longer than a QR code can be.</returns>
    private static byte[]? Picture(string link)
    {
        try
        {
            using var data = QRCodeGenerator.GenerateQrCode(link, QRCodeGenerator.ECCLevel.L);
            using var picture = new PngByteQRCode(data);

            return picture.GetGraphic(PixelsPerModule);
        }
        catch (DataTooLongException)
        {
            return null;
        }
    }
}

/// <param name="BotId">The first part of the token, which is no secret.</param>
internal sealed record BotIdentity(string BotId)
{
    /// <summary>What one message asks for is called by this, however often it comes.</summary>
    public string RequestName(long updateId) => string.Create(CultureInfo.InvariantCulture, $"telegram-{BotId}-{updateId}");
}
