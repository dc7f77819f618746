using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Testing.Telegram;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Telegram;
using Latchkey.Vpn.Tests.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Latchkey.Vpn.Tests.Telegram;

/// <summary>A server with the bot in it, and an emulated Telegram.</summary>
internal sealed class BotHost : IAsyncDisposable
{
    private BotHost(TelegramEmulator telegram, VpnHost server) => (Telegram, Server) = (telegram, server);

    public TelegramEmulator Telegram { get; }

    public VpnHost Server { get; }

    /// <param name="telegram">One that is there already.</param>
    public static async Task<BotHost> StartAsync(
        IReadOnlyDictionary<Setting, string> settings,
        RunningHostOptions? options = null,
        TelegramEmulator? telegram = null
    )
    {
        telegram ??= await TelegramEmulator.StartAsync();
        options ??= new RunningHostOptions();
        options
            .With(TelegramSettings.Token, TelegramEmulator.Token)
            .With(TelegramSettings.ApiUrl, telegram.Address.ToString())
            .With(LinkSettings.Domain, "vpn.example.net");

        foreach (var (setting, value) in settings)
            options.With(setting, value);

        return new BotHost(telegram, await VpnHost.StartAsync(options: options));
    }

    /// <summary>Lets a key have used so much.</summary>
    public async Task UseAsync(long keyId, long upload, long download)
    {
        await using var db = await Server
            .Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        (await db.Traffic.SingleAsync(row => row.KeyId == keyId)).TakeOver(upload, download);
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Telegram.DisposeAsync();
    }
}

/// <summary>One server for the tests of a class, each of which writes as somebody else.</summary>
public abstract class BotFixture : IAsyncLifetime
{
    internal BotHost Bot { get; private set; } = null!;

    private protected abstract IReadOnlyDictionary<Setting, string> Settings { get; }

    public async ValueTask InitializeAsync() => Bot = await BotHost.StartAsync(Settings);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Bot.DisposeAsync();
    }
}
