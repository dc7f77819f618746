using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Core;

/// <summary>What a core counted of each of our keys.</summary>
internal sealed class CountedTraffic(Dictionary<long, UserCounters> byKey)
{
    public Dictionary<long, UserCounters> ByKey { get; } = byKey;
}

/// <summary>
/// Reads the answer of QueryStats straight into sums by key. It has two entries with a long name for each user: as messages, 100,000 users
/// would be 400,000 objects that are thrown away at once, every ten seconds.
/// </summary>
internal static class CountersReader
{
    // QueryStatsResponse { repeated Stat stat = 1; }, Stat { string name = 1; int64 value = 2; }
    private const ulong StatTag = (1 << 3) | LengthDelimited;
    private const ulong NameTag = (1 << 3) | LengthDelimited;
    private const ulong ValueTag = (2 << 3) | Varint;

    private const ulong Varint = 0;
    private const ulong Fixed64 = 1;
    private const ulong LengthDelimited = 2;
    private const ulong Fixed32 = 5;
    private const ulong TypeMask = 7;
    private const int BitsAByte = 7;

    private const int BytesAKey = 100;
    private const int LongestEmail = 64;

    private static ReadOnlySpan<byte> UserCounters => "user>>>"u8;

    private static ReadOnlySpan<byte> TrafficCounter => ">>>traffic>>>"u8;

    /// <exception cref="InvalidDataException">It is no such answer.</exception>
    public static CountedTraffic Read(ReadOnlySequence<byte> answer)
    {
        var rest = answer.IsSingleSegment ? answer.FirstSpan : answer.ToArray();
        var traffic = new Dictionary<long, UserCounters>(rest.Length / BytesAKey);

        while (rest.Length > 0)
        {
            if (Number(ref rest) is var tag && tag == StatTag)
                Add(traffic, Bytes(ref rest));
            else
                Skip(ref rest, tag);
        }

        return new CountedTraffic(traffic);
    }

    private static void Add(Dictionary<long, UserCounters> traffic, ReadOnlySpan<byte> stat)
    {
        ReadOnlySpan<byte> name = default;
        long value = 0;

        while (stat.Length > 0)
        {
            switch (Number(ref stat))
            {
                case NameTag:
                    name = Bytes(ref stat);
                    break;
                case ValueTag:
                    value = (long)Number(ref stat);
                    break;
                case var tag:
                    Skip(ref stat, tag);
                    break;
            }
        }

        if (!name.StartsWith(UserCounters))
            return;

        name = name[UserCounters.Length..];
        var end = name.IndexOf(TrafficCounter);

        if (end is < 0 or > LongestEmail || IdOf(name[..end]) is not { } keyId)
            return;

        ref var counters = ref CollectionsMarshal.GetValueRefOrAddDefault(traffic, keyId, out _);

        if (name[(end + TrafficCounter.Length)..].SequenceEqual("uplink"u8))
            counters = counters with { Upload = value };
        else
            counters = counters with { Download = value };
    }

    private static long? IdOf(ReadOnlySpan<byte> email)
    {
        Span<char> text = stackalloc char[LongestEmail];

        return VpnKey.IdOf(text[..Encoding.Latin1.GetChars(email, text)]);
    }

    private static ulong Number(scoped ref ReadOnlySpan<byte> rest)
    {
        ulong number = 0;

        for (var i = 0; i < rest.Length && i * BitsAByte < 64; i++)
        {
            number |= (ulong)(rest[i] & 0x7f) << (i * BitsAByte);

            if (rest[i] >= 0x80)
                continue;

            rest = rest[(i + 1)..];
            return number;
        }

        throw new InvalidDataException("A number does not end.");
    }

    private static ReadOnlySpan<byte> Bytes(scoped ref ReadOnlySpan<byte> rest)
    {
        var length = Number(ref rest);

        if (length > (ulong)rest.Length)
            throw new InvalidDataException("A field is longer than its message.");

        var bytes = rest[..(int)length];
        rest = rest[(int)length..];

        return bytes;
    }

    private static void Skip(scoped ref ReadOnlySpan<byte> rest, ulong tag)
    {
        switch (tag & TypeMask)
        {
            case Varint:
                Number(ref rest);
                break;
            case LengthDelimited:
                Bytes(ref rest);
                break;
            case (Fixed64 or Fixed32) and var type when rest.Length >= Size(type):
                rest = rest[Size(type)..];
                break;
            default:
                throw new InvalidDataException("A field of no known type.");
        }
    }

    private static int Size(ulong type) => type == Fixed64 ? sizeof(ulong) : sizeof(uint);
}
