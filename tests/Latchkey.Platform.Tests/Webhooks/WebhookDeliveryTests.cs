using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Latchkey.Platform.Data;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Tests.Web;
using Latchkey.Platform.Webhooks;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Webhooks;

public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<(string Path, string Body, string Signature)> _received = new();
    private readonly ConcurrentDictionary<string, Queue<int>> _answers = new();
    private readonly TaskCompletionSource _stalled = new();
    private TestSite _receiver = null!;
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await TestSite.StartAsync(routes => routes.MapPost("/{name}", ReceiveAsync));
        _host = await StartAsync("127.0.0.1");
    }

    [Fact]
    public async Task Can_deliver_exactly_what_was_signed()
    {
        var message = await SendAsync("good", """{"type":"é",  "x":1}""");

        await UntilAsync(message.Id, row => row.State == OutboxState.Delivered);

        _received.ShouldBe([("good", """{"type":"é",  "x":1}""", "abc")]);
        (await AttemptsAsync(message.Id)).ShouldBe(["200:"]);
    }

    [Fact]
    public async Task Can_retry_after_three_seconds_and_keep_the_order()
    {
        _answers["flaky"] = new([500, 302, 200]);
        var first = await SendAsync("flaky", "1");
        var second = await SendAsync("flaky", "2");

        await UntilAsync(second.Id, row => row.State == OutboxState.Delivered);

        _received.Select(request => request.Body).ShouldBe(["1", "1", "1", "2"]);
        (await AttemptsAsync(first.Id)).ShouldBe(["500:http_500", "302:http_302", "200:"]);
    }

    [Fact]
    public async Task Can_overtake_a_message_that_waits_for_long()
    {
        _answers["picky"] = new([400, 400, 400, 400]);
        var refused = await SendAsync("picky", "1");
        await SendAsync("picky", "2");

        await UntilAsync(refused.Id, row => row.State == OutboxState.Delivered);

        _received.Select(request => request.Body).ShouldBe(["1", "1", "1", "1", "2", "1"]);
    }

    [Fact]
    public async Task Can_give_up_with_a_reason()
    {
        _answers["dead"] = new(Enumerable.Repeat(503, 100));
        var message = await SendAsync("dead", "1");

        await UntilAsync(message.Id, row => row.State == OutboxState.Failed);

        var row = await FindAsync(message.Id);
        (row.Reason, row.Attempts).ShouldBe(("http_503", 12));
        _host.Logs.ShouldContain(line => line.Text.Contains("http_503") && line.Text.Contains("test/dead"));
        _host.Logs.ShouldAllBe(line => !line.Text.Contains("secret"));
    }

    [Fact]
    public async Task Can_deliver_beside_an_endpoint_that_never_answers()
    {
        var slow = await SendAsync("stall", "1");
        await _stalled.Task;
        var quick = await SendAsync("good", "2");

        await UntilAsync(quick.Id, row => row.State == OutboxState.Delivered);

        _time.Advance(TimeSpan.FromSeconds(11));
        await UntilAsync(slow.Id, row => row.Attempts > 0);
        (await AttemptsAsync(slow.Id))[0].ShouldBe(":timed_out");
    }

    [Fact]
    public async Task Can_deliver_after_a_restart()
    {
        _answers["down"] = new([500]);
        var message = await SendAsync("down", "1");
        await UntilAsync(message.Id, row => row.Attempts == 1);
        await _host.DisposeAsync();

        _host = await StartAsync("127.0.0.1");

        await UntilAsync(message.Id, row => row.State == OutboxState.Delivered, isWoken: false);
    }

    [Fact]
    public async Task Cannot_reach_private_addresses()
    {
        await _host.DisposeAsync();
        _host = await StartAsync("192.168.1.1");
        var message = await SendAsync("good", "1");

        await UntilAsync(message.Id, row => row.Attempts > 0);

        (await AttemptsAsync(message.Id)).ShouldAllBe(attempt => attempt == ":address_not_allowed");
        _received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_forget_what_is_delivered_after_a_week()
    {
        var message = await SendAsync("good", "1");
        await UntilAsync(message.Id, row => row.State == OutboxState.Delivered);

        await SweepAfterAsync(TimeSpan.FromDays(6));
        (await AttemptsAsync(message.Id)).ShouldNotBeEmpty();

        await SweepAfterAsync(TimeSpan.FromDays(8));
        (await PendingAsync()).ShouldBeEmpty();
        (await AttemptsAsync(message.Id)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    private Task<RunningHost> StartAsync(string allowed) =>
        RunningHost.StartAsync(
            new RunningHostOptions { Time = _time, DataPath = _folder.Path }.With(PlatformSettings.OutboundAllow, allowed)
        );

    private async Task<OutboxMessage> SendAsync(string endpoint, string body)
    {
        var message = OutboxMessage.Create(
            "test",
            endpoint,
            "test.happened",
            $"{_receiver.Address}{endpoint}?token=secret",
            Encoding.UTF8.GetBytes(body),
            new Dictionary<string, string> { ["X-Signature"] = "abc" },
            _time.GetUtcNow()
        );

        await using var db = await DbAsync();
        db.Add(message);
        await db.SaveChangesAsync();
        _host.Services.GetRequiredService<IWebhookSender>().Wake(message);
        _time.Advance(TimeSpan.FromMilliseconds(1)); // ids of one moment have no order
        return message;
    }

    private async Task ReceiveAsync(HttpContext context, string name)
    {
        using var reader = new StreamReader(context.Request.Body);
        _received.Enqueue((name, await reader.ReadToEndAsync(), context.Request.Headers["X-Signature"].ToString()));

        if (name == "stall")
        {
            _stalled.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }

        context.Response.StatusCode = _answers.TryGetValue(name, out var queue) && queue.TryDequeue(out var status) ? status : 200;
    }

    /// <summary>Waits, and moves the clock to the next attempt only when nothing is under way that it could hurry.</summary>
    private async Task UntilAsync(Guid id, Func<OutboxMessage, bool> condition, bool isWoken = true)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var still = Stopwatch.StartNew();

        while (!condition(await FindAsync(id)))
        {
            limit.Token.ThrowIfCancellationRequested();
            var pending = await PendingAsync();

            if (pending.Count == 0)
                continue;

            var wait = pending.Min(row => row.NextAttemptAt) - _time.GetUtcNow();

            if (wait > TimeSpan.Zero)
            {
                _time.Advance(wait);
                still.Restart();

                if (isWoken)
                    _host.Services.GetRequiredService<IWebhookSender>().Wake(pending);
            }
            else if (still.Elapsed > TimeSpan.FromMilliseconds(500))
            {
                // The sweep's turn, or a delay that began just after the clock had moved.
                _time.Advance(TimeSpan.FromSeconds(1));
                still.Restart();
            }
        }
    }

    private async Task<List<OutboxMessage>> PendingAsync()
    {
        await using var db = await DbAsync();
        return await db.Outbox.AsNoTracking().Where(row => row.State == OutboxState.Pending).ToListAsync();
    }

    private async Task SweepAfterAsync(TimeSpan wait)
    {
        await using var db = await DbAsync();
        await using var later = new ServiceCollection()
            .AddSingleton<TimeProvider>(new FakeTimeProvider(_time.GetUtcNow() + wait))
            .AddSingleton(db)
            .BuildServiceProvider();

        await WebhookSweep.Works.Single(work => work.Name == "platform.old-webhooks").Run(later, CancellationToken.None);
    }

    private async Task<OutboxMessage> FindAsync(Guid id)
    {
        await using var db = await DbAsync();
        return await db.Outbox.AsNoTracking().SingleAsync(row => row.Id == id);
    }

    private async Task<string[]> AttemptsAsync(Guid id)
    {
        await using var db = await DbAsync();
        var attempts = await db.WebhookAttempts.AsNoTracking().Where(row => row.MessageId == id).OrderBy(row => row.Id).ToListAsync();
        return [.. attempts.Select(row => $"{row.Status}:{row.Reason}")];
    }

    private Task<PlatformDb> DbAsync() => _host.Services.GetRequiredService<IDbContextFactory<PlatformDb>>().CreateDbContextAsync();
}
