namespace Latchkey.Vpn.Keys;

/// <summary>How enums stand on the wire: in lower case.</summary>
internal static class KeyWords
{
    public static string Word<TEnum>(this TEnum value)
        where TEnum : struct, Enum => Words<TEnum>.Names[value];

    public static bool TryRead<TEnum>(string word, out TEnum value)
        where TEnum : struct, Enum
    {
        foreach (var (candidate, name) in Words<TEnum>.Names)
        {
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    public static string All<TEnum>()
        where TEnum : struct, Enum => string.Join(", ", Words<TEnum>.Names.Values);

    private static class Words<TEnum>
        where TEnum : struct, Enum
    {
        public static readonly Dictionary<TEnum, string> Names = Enum.GetValues<TEnum>()
            .ToDictionary(value => value, value => value.ToString().ToLowerInvariant());
    }
}
