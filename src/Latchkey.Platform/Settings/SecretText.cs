using System.Globalization;

namespace Latchkey.Platform.Settings;

/// <summary>Values as people may see them.</summary>
internal static class SecretText
{
    // Four characters of a shorter secret would give too much of it away.
    private const int ShortestWithEnd = 16;

    public static string Show(Setting setting, string value)
    {
        if (setting.Secret)
        {
            return value.Length < ShortestWithEnd
                ? string.Create(CultureInfo.InvariantCulture, $"•••• ({value.Length})")
                : string.Create(CultureInfo.InvariantCulture, $"••••{value[^4..]} ({value.Length})");
        }

        return WithoutUserInfo(value);
    }

    /// <summary>An address may carry a name and a password.</summary>
    private static string WithoutUserInfo(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.UserInfo.Length == 0)
        {
            return value;
        }

        return new UriBuilder(address) { UserName = "••••", Password = "" }.Uri.ToString();
    }
}
