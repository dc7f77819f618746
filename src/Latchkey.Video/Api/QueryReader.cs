using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Latchkey.Video.Api;

/// <summary>
/// Query parameters in every encoding that the clients use: <c>tags[]=a&amp;tags[]=b</c>, <c>tags[0]=a</c>, <c>tags=a,b</c>,
/// <c>metadata[key]=value</c>.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private const int LongestText = 2048;

    private readonly List<Problem> _problems = [];

    public string? Text(string name)
    {
        var value = query[name] is [.., { Length: > 0 } last] ? last : null;

        if (value is { Length: > LongestText })
            _problems.Add(Problems.InvalidQueryParameter(name, $"It may have {LongestText} characters."));

        return value;
    }

    /// <summary>One of the given words, or <c>null</c> when it is not there.</summary>
    public string? Word(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } value)
            return null;

        foreach (var word in words)
        {
            if (word == value)
                return word;
        }

        _problems.Add(Problems.InvalidQueryParameter(name, $"It must be one of: {string.Join(", ", words!)}."));
        return null;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var values = new List<string>();

        foreach (var (key, given) in query)
        {
            if (key == name)
                values.AddRange(Present(given).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries)));
            else if (
                KeyIn(key, name) is { } index
                && (index.Length == 0 || int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            )
                values.AddRange(Present(given));
        }

        return values;
    }

    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string name)
    {
        var pairs = new List<KeyValuePair<string, string>>();

        foreach (var (key, given) in query)
        {
            if (KeyIn(key, name) is { Length: > 0 } inner)
                pairs.Add(new(inner, given.ToString()));
        }

        return pairs;
    }

    public PageRequest Page(string path)
    {
        var page = Number("currentPage", "page", 1, int.MaxValue) ?? PageRequest.DefaultPage;
        var size = Number("pageSize", "pageSize", 1, PageRequest.LargestSize) ?? PageRequest.DefaultSize;

        return new PageRequest(path, page, size, query);
    }

    public void ThrowIfInvalid()
    {
        if (_problems.Count > 0)
            throw new ProblemException(Problem.All(_problems));
    }

    private int? Number(string parameter, string problemName, int min, int max)
    {
        if (Text(parameter) is not { } text)
            return null;

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;

        _problems.Add(Problems.OutOfRange(problemName, min, max == int.MaxValue ? null : max));
        return null;
    }

    private static IEnumerable<string> Present(StringValues values) => values.Where(value => !string.IsNullOrEmpty(value))!;

    private static string? KeyIn(string key, string name) =>
        key.Length > name.Length + 1 && key.StartsWith(name, StringComparison.Ordinal) && key[name.Length] == '[' && key[^1] == ']'
            ? key[(name.Length + 1)..^1]
            : null;
}
