using System.Text;

namespace Latchkey.Platform.Data;

/// <summary>Text as it is searched: SQLite's own LIKE and NOCASE know only ASCII.</summary>
public static class Text
{
    /// <summary>The same for texts that differ only in case or in how Unicode composes them; for Cyrillic as for Latin.</summary>
    public static string Fold(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
}
