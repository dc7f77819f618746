using System.Security.Cryptography;

namespace Latchkey.Video.Api;

/// <summary>api.video's ids: a prefix that tells the kind, then base62, for short prefixes 24 characters in all.</summary>
internal static class Ids
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int ShortLength = 24;
    private const int LongRandom = 20;

    /// <summary>Such as <c>vi</c> + 22 characters, or <c>webhook_</c> + 20.</summary>
    public static string New(string prefix) =>
        prefix + RandomNumberGenerator.GetString(Base62, prefix.EndsWith('_') ? LongRandom : ShortLength - prefix.Length);
}
