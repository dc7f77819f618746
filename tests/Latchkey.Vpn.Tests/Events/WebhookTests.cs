using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Events;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Events;

public sealed class WebhookTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-the-webhooks";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2027, 3, 1, 10, 30, 0, TimeSpan.Zero));
    private EventReceiver _receiver = null!;
    private VpnHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await EventReceiver.StartAsync();
        _host = await VpnHost.StartAsync(options: _receiver.Listen(new RunningHostOptions { Time = _clock }, Secret));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Can_hear_once_of_everything_that_happens_to_a_key()
    {
        var key = await _host.CreateKeyAsync("""{"name": "Вася", "data_limit": 1000, "expires_at": "2027-03-02T00:00:00Z"}""");
        await HearsAsync("key.created");

        await UseAsync(key, 799);
        await WatchAsync();
        await HearsAsync("key.created");

        await UseAsync(key, 1);
        await WatchAsync();
        await HearsAsync("key.created", "key.limit_near");

        await UseAsync(key, 500);
        await WatchAsync();
        await HearsAsync("key.created", "key.limit_near", "key.limit_reached");

        _clock.AdjustTime(_clock.GetUtcNow().AddDays(1));
        await WatchAsync();
        await HearsAsync("key.created", "key.limit_near", "key.limit_reached", "key.expired");

        await _host.SendAsync(HttpMethod.Delete, $"/api/keys/{key["key_id"]}");
        await HearsAsync("key.created", "key.limit_near", "key.limit_reached", "key.expired", "key.deleted");

        var reached = JsonNode.Parse(_receiver.Events[2].Body)!;
        reached.AsObject().Select(field => field.Key).ShouldBe(["type", "at", "key"]);
        reached["key"]!
            .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ShouldBe(
                $$"""{"key_id":1,"uuid":"{{key["uuid"]}}","name":"Вася","state":"limited","used":1300,"data_limit":1000,"expires_at":1803945600}"""
            );
    }

    [Fact]
    public async Task Can_verify_that_an_event_comes_from_here()
    {
        await _host.CreateKeyAsync();
        await HearsAsync("key.created");

        var received = _receiver.Events[0];
        received.Signature.ShouldBe(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), received.Body))
        );
        received.ContentType.ShouldStartWith("application/json");
    }

    [Fact]
    public async Task Cannot_be_told_that_a_tiny_limit_is_near_before_it_is()
    {
        await _host.CreateKeyAsync("""{"data_limit": 50}""");
        await WatchAsync();

        await HearsAsync("key.created");
    }

    // Twice: what has been told is not told again.
    private async Task WatchAsync()
    {
        await _host.RunAsync<KeyWatch>(watch => watch.RunAsync(default));
        await _host.RunAsync<KeyWatch>(watch => watch.RunAsync(default));
    }

    private Task UseAsync(JsonNode key, long bytes) =>
        _host.RunAsync<TrafficWriter>(writer =>
            writer.WriteAsync("main", [new TrafficGrowth((long)key["key_id"]!, new(bytes, 0), bytes, 0)], default)
        );

    private async Task HearsAsync(params string[] types)
    {
        await Eventually.IsTrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            return _receiver.Events.Count >= types.Length;
        });
        _receiver.Events.Select(one => (string)JsonNode.Parse(one.Body)!["type"]!).ShouldBe(types);
    }
}
