using System.Buffers;
using System.Globalization;
using Latchkey.Platform.Data;

namespace Latchkey.Vpn.Keys;

/// <summary>A VPN key: the right of one UUID to use the cores. What users and operators edit; what is counted stands in <see cref="Traffic.KeyTraffic"/>.</summary>
internal sealed class VpnKey
{
    /// <summary>In characters as people count them (Unicode scalar values).</summary>
    public const int LongestName = 255;

    public const int LongestNote = 1000;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private VpnKey() { }

    /// <summary>The contract's <c>key_id</c>; never given out twice.</summary>
    public long Id { get; private set; }

    /// <summary>Lower-case, with hyphens.</summary>
    public string Uuid { get; private set; } = "";

    public string ShortId { get; private set; } = "";

    public string? Name { get; private set; }

    public string? Note { get; private set; }

    /// <summary>Name, note and UUID as they are searched.</summary>
    public string SearchText { get; private set; } = "";

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Counts up when the subscription's address is made anew.</summary>
    public int SubscriptionVersion { get; private set; }

    public DateTimeOffset? PausedAt { get; private set; }

    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>Bytes up and down together, since the last reset.</summary>
    public long? DataLimit { get; private set; }

    public ResetPeriod ResetPeriod { get; private set; }

    /// <summary>Addresses that may use it at once, where the core tells them.</summary>
    public int? DeviceLimit { get; private set; }

    /// <summary>Every change counts it up; two that change at once are told apart by it.</summary>
    public int Version { get; private set; }

    public Traffic.KeyTraffic Traffic { get; private set; } = null!;

    /// <summary>How the cores know it, and under which name they count its traffic.</summary>
    public string Email => EmailOf(Id, Uuid);

    public static VpnKey Create(KeyTerms terms, string shortId, DateTimeOffset now, string? uuid = null)
    {
        var key = new VpnKey
        {
            Uuid = uuid ?? Guid.NewGuid().ToString(),
            ShortId = shortId,
            CreatedAt = now,
            Traffic = Vpn.Traffic.KeyTraffic.Begin(now),
        };
        key.Change(terms, now);
        key.Version = 0;

        return key;
    }

    /// <summary>Takes over the terms that are given, and leaves the others as they are.</summary>
    public void Change(KeyTerms terms, DateTimeOffset now)
    {
        Name = terms.Name.Or(Name);
        Note = terms.Note.Or(Note);
        ExpiresAt = terms.ExpiresAt.Or(ExpiresAt);
        DataLimit = terms.DataLimit.Or(DataLimit);
        DeviceLimit = terms.DeviceLimit.Or(DeviceLimit);
        SearchText = Text.Fold($"{Name}\n{Note}\n{Uuid}");

        if (terms.IsActive.IsGiven)
            PausedAt = terms.IsActive.Value ? null : PausedAt ?? now;

        if (terms.ResetPeriod.IsGiven && terms.ResetPeriod.Value != ResetPeriod)
        {
            ResetPeriod = terms.ResetPeriod.Value;
            Traffic.PlanReset(ResetPeriod, now);
        }

        Version++;
    }

    /// <summary>Ends the subscription's present address.</summary>
    public void RotateSubscription()
    {
        SubscriptionVersion++;
        Version++;
    }

    public static string EmailOf(long id, string uuid) => string.Create(null, $"user_{id}_{uuid.AsSpan(0, 8)}");

    /// <summary>The key of a core's user, or <c>null</c> for users that are not ours.</summary>
    public static long? IdOf(ReadOnlySpan<char> email)
    {
        const string prefix = "user_";

        if (!email.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            return null;

        var rest = email[prefix.Length..];
        var end = rest.IndexOf('_');

        return
            end > 0
            && rest.Length == end + 9
            && !rest[(end + 1)..].ContainsAnyExcept(HexDigits)
            && long.TryParse(rest[..end], NumberStyles.None, null, out var id)
            ? id
            : null;
    }
}
