namespace Latchkey.Platform.Settings;

/// <summary>Finds the name that someone meant.</summary>
internal static class NameDistance
{
    private const int LettersForOneSlip = 4;
    private const int MostSlips = 3;

    /// <summary>The nearest of the names, or <c>null</c> when none is near.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var bare = Bare(name);

        return known
            .Select(candidate => (Name: candidate, Slips: Between(bare, Bare(candidate))))
            .Where(candidate => candidate.Slips <= Math.Clamp(candidate.Name.Length / LettersForOneSlip, 1, MostSlips))
            .OrderBy(candidate => candidate.Slips)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

    /// <summary>Case, hyphens, spaces and underscores are what people get wrong most, and count as nothing.</summary>
    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToUpperInvariant();

    /// <summary>
    /// How many letters must be added, dropped, changed or swapped with their neighbour (optimal string alignment,
    /// https://en.wikipedia.org/wiki/Damerau–Levenshtein_distance).
    /// </summary>
    private static int Between(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();

        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;

            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);

                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last) = (last, row);
        }

        return last[b.Length];
    }
}
