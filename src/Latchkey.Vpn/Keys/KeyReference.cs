using System.Globalization;
using System.Linq.Expressions;
using Latchkey.Vpn.Api;

namespace Latchkey.Vpn.Keys;

/// <summary>How a path names a key: by its number, or by its UUID in any case.</summary>
internal readonly record struct KeyReference(string Text, long? Id, string? Uuid)
{
    public VpnProblem NotFound => VpnProblem.KeyNotFound(Text);

    /// <summary>For queries.</summary>
    public Expression<Func<VpnKey, bool>> Matches()
    {
        var (id, uuid) = (Id, Uuid);

        return uuid is null ? key => key.Id == id : key => key.Uuid == uuid;
    }

    /// <returns>The reference, or what is wrong with it.</returns>
    public static (KeyReference Key, VpnProblem? Problem) Parse(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            // A number beyond what there can be is a key that there is not.
            return (new(text, long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0, null), null);

        return Guid.TryParseExact(text, "D", out var uuid) ? (new(text, null, uuid.ToString()), null) : (default, VpnProblem.BadId(text));
    }
}
