using System.Buffers;
using CsCheck;
using Google.Protobuf;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Core.Protocol;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public class CountersReaderTests
{
    [Fact]
    public void Can_read_what_a_core_counted_of_our_keys_and_nothing_else() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue])
            .Array[0, 20]
            .Sample(rows =>
            {
                var keys = rows.DistinctBy(row => row.Item1).ToList();
                var answer = new QueryStatsResponse();

                foreach (var (key, up, down) in keys)
                {
                    answer.Stat.Add(Counter($"user_{key}_0badcafe", "uplink", up));
                    answer.Stat.Add(Counter("admin@example.com", "uplink", 1));
                    answer.Stat.Add(Counter($"user_{key}_0badcafe", "downlink", down));
                    answer.Stat.Add(Counter(new string('ж', 100), "downlink", 1));
                    answer.Stat.Add(new Stat { Name = "inbound>>>vless-reality>>>traffic>>>uplink", Value = 1 });
                }

                Read(answer.ToByteArray()).ShouldBe(keys.ToDictionary(row => row.Item1, row => new UserCounters(row.Item2, row.Item3)));
            });

    [Fact]
    public void Can_read_over_fields_that_are_new()
    {
        byte[] bytes =
        [
            .. new QueryStatsResponse { Stat = { Counter("user_7_0badcafe", "uplink", 5) } }.ToByteArray(),
            0x10,
            1,
            0x1a,
            1,
            0,
        ];

        Read(bytes).ShouldBe(new Dictionary<long, UserCounters> { [7] = new(5, 0) });
    }

    [Fact]
    public void Cannot_read_what_is_cut_off()
    {
        var whole = new QueryStatsResponse { Stat = { Counter("user_7_0badcafe", "uplink", 5) } }.ToByteArray();

        for (var length = 1; length < whole.Length; length++)
            Should.Throw<InvalidDataException>(() => Read(whole[..length]), $"{length} bytes");
    }

    private static Dictionary<long, UserCounters> Read(byte[] bytes) => CountersReader.Read(new ReadOnlySequence<byte>(bytes)).ByKey;

    private static Stat Counter(string email, string direction, long value) =>
        new() { Name = $"user>>>{email}>>>traffic>>>{direction}", Value = value };
}
