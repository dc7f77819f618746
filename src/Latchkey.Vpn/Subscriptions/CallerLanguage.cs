using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>Which of the two languages a caller's <c>Accept-Language</c> puts first.</summary>
internal static class CallerLanguage
{
    /// <returns><c>null</c> when the caller does not say.</returns>
    public static Language? Of(HttpRequest request)
    {
        var asked = request.GetTypedHeaders().AcceptLanguage;

        if (asked.Count == 0)
            return null;

        var known = asked
            .Where(language => language.Quality != 0)
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString())
            .FirstOrDefault(name => Is(name, "ru") || Is(name, "en"));

        return known is not null && Is(known, "ru") ? Language.Russian : Language.English;
    }

    private static bool Is(string name, string language) =>
        name.Equals(language, StringComparison.OrdinalIgnoreCase) || name.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);
}
