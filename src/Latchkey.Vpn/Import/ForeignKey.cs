using System.Text;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Import;

/// <summary>A key as another panel kept it.</summary>
/// <param name="Row">How its own people would find it.</param>
internal sealed record ForeignKey(string Row, string? Uuid)
{
    /// <summary>The number that clients know it by, where there is such a number.</summary>
    public long? Id { get; init; }

    public string? Name { get; init; }
    public string? Note { get; init; }
    public string? ShortId { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>It expires so long after its first use, which has not been yet.</summary>
    public TimeSpan? ExpiresAfterFirstUse { get; init; }

    public long? DataLimit { get; init; }
    public ResetPeriod ResetPeriod { get; init; }
    public int? DeviceLimit { get; init; }
    public bool IsPaused { get; init; }
    public long Upload { get; init; }
    public long Download { get; init; }

    /// <summary>The row has something that there is nothing like here.</summary>
    public bool LosesRenewal { get; init; }

    /// <summary>Why it cannot be taken over, or <c>null</c>.</summary>
    public LocalizedText? Problem =>
        Uuid is null ? new("it has no VLESS user", "нет пользователя VLESS")
        : ParsedUuid is null ? new("its id is no UUID", "идентификатор не является UUID")
        : null;

    /// <summary>As we write it.</summary>
    public string? ParsedUuid => Guid.TryParseExact(Uuid?.Trim(), "D", out var uuid) ? uuid.ToString() : null;

    /// <summary>Whether name or note lose something, see <see cref="Fit"/>.</summary>
    public bool IsCut => Fit(Name, VpnKey.LongestName) != Blank(Name) || Fit(Note, VpnKey.LongestNote) != Blank(Note);

    public KeyTerms Terms(DateTimeOffset now) =>
        new()
        {
            Name = Fit(Name, VpnKey.LongestName),
            Note = Fit(Note, VpnKey.LongestNote),
            ExpiresAt = ExpiresAt ?? now + ExpiresAfterFirstUse,
            DataLimit = DataLimit > 0 ? DataLimit : null,
            DeviceLimit = DeviceLimit > 0 ? DeviceLimit : null,
            ResetPeriod = ResetPeriod,
            IsActive = !IsPaused,
        };

    /// <summary>Without what a key's texts may not have: control characters, and more characters than there is room for.</summary>
    private static string? Fit(string? text, int longest)
    {
        if (Blank(text) is not { } full)
            return null;

        var fitting = new StringBuilder();

        foreach (var rune in full.EnumerateRunes().Where(rune => !Rune.IsControl(rune)).Take(longest))
            fitting.Append(rune);

        return fitting.ToString();
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
