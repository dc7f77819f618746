using System.Text.Json.Nodes;
using Latchkey.Testing;
using Latchkey.Vpn.Tests.Running;
using Latchkey.Vpn.Traffic;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Traffic;

public sealed class TrafficContractTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2027, 3, 1, 10, 30, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Start);
    private VpnHost _host = null!;
    private JsonNode _key = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await VpnHost.StartAsync(options: new RunningHostOptions { Time = _clock });
        _key = await _host.CreateKeyAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Can_read_the_traffic_of_a_new_key()
    {
        (await TrafficAsync()).ShouldBe($$"""{"key_id":1,"upload":0,"download":0,"total":0,"last_updated":{{_key["created_at"]}}}""");
    }

    [Fact]
    public async Task Can_reset_traffic_with_the_very_fields_of_the_contract()
    {
        await UseAsync(100, 23);
        _clock.Advance(TimeSpan.FromSeconds(90));

        (await _host.SendAsync(HttpMethod.Post, "/api/keys/1/traffic/reset"))
            .Body!.ToJsonString()
            .ShouldBe(
                """{"success":true,"message":"Traffic reset successfully for key 1","key_id":1,"previous_upload":100,"previous_download":23,"previous_total":123}"""
            );
        (await TrafficAsync()).ShouldBe(
            $$"""{"key_id":1,"upload":0,"download":0,"total":0,"last_updated":{{(Start + TimeSpan.FromSeconds(90)).ToUnixTimeSeconds()}}}"""
        );
        ((long)(await _host.SendAsync(HttpMethod.Post, "/api/keys/1/traffic/reset")).Body!["previous_total"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Can_say_that_the_core_does_not_answer_and_keep_what_is_known()
    {
        await _host.CreateKeyAsync();
        await _host.CreateKeyAsync("""{"expires_at": 1}""");
        await UseAsync(100, 23);

        (await _host.SendAsync(HttpMethod.Post, "/api/traffic/sync")).ShouldSatisfyAllConditions(
            answer => answer.Status.ShouldBe(200),
            answer => ((bool)answer.Body!["success"]!).ShouldBeFalse(),
            answer => ((int)answer.Body!["updated"]!).ShouldBe(0),
            answer => ((int)answer.Body!["errors"]!).ShouldBe(2, "expired keys are not synced")
        );
        ((long)JsonNode.Parse(await TrafficAsync())!["total"]!).ShouldBe(123);
    }

    [Fact]
    public async Task Can_see_traffic_by_hour_and_by_day()
    {
        await UseAsync(1, 2);
        await UseAsync(10, 20);
        _clock.AdjustTime(_clock.GetUtcNow() + TimeSpan.FromHours(1));
        await UseAsync(100, 200);
        _clock.AdjustTime(_clock.GetUtcNow() + TimeSpan.FromDays(1));
        await UseAsync(1000, 2000);
        // A reset does not change the past.
        await _host.SendAsync(HttpMethod.Post, "/api/keys/1/traffic/reset");

        (await HistoryAsync("by=hour")).ShouldBe([(Hour(10), 11, 22), (Hour(11), 100, 200), (Hour(35), 1000, 2000)]);
        (await HistoryAsync("")).ShouldBe([(Hour(0), 111, 222), (Hour(24), 1000, 2000)]);
        (await HistoryAsync($"by=hour&from={Hour(11)}&to={Hour(12)}")).ShouldBe([(Hour(11), 100, 200)]);

        _clock.AdjustTime(_clock.GetUtcNow() + TimeSpan.FromDays(32));
        await _host.RunAsync<TrafficHistory>(history => history.RemoveOldAsync(default));
        (await HistoryAsync("by=hour&from=0")).ShouldBeEmpty();
        (await HistoryAsync("by=day&from=0")).ShouldBe([(Hour(0), 111, 222), (Hour(24), 1000, 2000)], "the hours' sums stay");
    }

    [Theory]
    [InlineData("by=minute", "by must be hour or day")]
    [InlineData("from=yesterday", "from must be a time in Unix seconds")]
    [InlineData("to=-5", "to must be a time in Unix seconds")]
    public async Task Cannot_see_traffic_in_a_way_that_there_is_not(string query, string detail) =>
        (await _host.SendAsync(HttpMethod.Get, "/api/keys/1/traffic/history?" + query))
            .Body!.ToJsonString()
            .ShouldBe($$"""{"detail":"{{detail}}"}""");

    private Task UseAsync(long upload, long download) =>
        _host.RunAsync<TrafficWriter>(writer =>
            writer.WriteAsync("main", [new TrafficGrowth(1, new(upload, download), upload, download)], default)
        );

    private async Task<string> TrafficAsync() => (await _host.SendAsync(HttpMethod.Get, "/api/keys/1/traffic")).Body!.ToJsonString();

    private async Task<List<(long At, long Upload, long Download)>> HistoryAsync(string query) =>
        [
            .. (await _host.SendAsync(HttpMethod.Get, "/api/keys/1/traffic/history?" + query)).Body!["items"]!
                .AsArray()
                .Select(item => ((long)item!["at"]!, (long)item["upload"]!, (long)item["download"]!)),
        ];

    private static long Hour(int hour) => new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour).ToUnixTimeSeconds();
}
