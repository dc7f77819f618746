namespace Latchkey.Platform.Settings;

/// <summary>Values that were copied from an example and never replaced: they count as not set.</summary>
internal static class Placeholders
{
    private static readonly string[] Parts =
    [
        "your-",
        "your_",
        "change-this",
        "change_this",
        "change-me",
        "change_me",
        "changeme",
        "ваш_",
        "ваш-",
        "ваша_",
        "ваша-",
        "ваше_",
        "ваше-",
        "вставьте",
    ];

    // Printed as they are in the documents of the services.
    private static readonly string[] Addresses =
    [
        "https://abcdefghijklmnop.supabase.co",
        "https://xxx.supabase.co",
        "https://xxxx.supabase.co",
        "https://xxxxx.supabase.co",
    ];

    private static readonly string[] Secrets =
    [
        "api_key_here",
        "apikey",
        "api_key",
        "example",
        "placeholder",
        "secret",
        "password",
        "todo",
    ];

    public static bool Contains(Setting setting, string value)
    {
        if (setting.IsPath)
        {
            return false;
        }

        return Array.Exists(Parts, part => value.Contains(part, StringComparison.OrdinalIgnoreCase))
            || Addresses.Contains(value.TrimEnd('/'), StringComparer.OrdinalIgnoreCase)
            || IsBracketed(value)
            || (setting.Secret && (IsFiller(value) || Secrets.Contains(value, StringComparer.OrdinalIgnoreCase)));
    }

    /// <summary>Such as <c>&lt;key&gt;</c>.</summary>
    private static bool IsBracketed(string value) => value.Length > 2 && value[0] == '<' && value[^1] == '>';

    /// <summary>Such as <c>xxxxxxxx</c>, <c>...</c> or <c>vi************</c>.</summary>
    private static bool IsFiller(string value) =>
        value.Length > 2
        && (value.All(c => c is 'x' or 'X' or '.' or '*' or '…' or '-') || value.Contains("****") || value.Contains("xxxx"));
}
