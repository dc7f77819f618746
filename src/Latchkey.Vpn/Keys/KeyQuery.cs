using System.Globalization;
using System.Linq.Expressions;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Data;
using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Keys;

/// <summary>Which keys a list is of, and in which order. Everything may be left out.</summary>
internal sealed record KeyQuery
{
    private const int MostKeys = 100_000;
    private const int LongestSearch = 255;

    private static readonly string[] SortNames = ["key_id", "name", "created_at", "expires_at", "traffic", "last_used_at"];

    private DateTimeOffset _now;

    /// <summary>For the API's document.</summary>
    public static IReadOnlyList<RouteParameter> Parameters { get; } =
    [
        new("limit", $"How many at most, up to {MostKeys}; all, when it is left out.") { IsInteger = true },
        new("offset", "How many to leave out first.") { IsInteger = true },
        new("search", "A part of the name, the note or the UUID, in any case."),
        new("state", "Only keys in this state.") { Words = [.. Enum.GetValues<KeyState>().Select(state => state.Word())] },
        new("sort", $"One of {string.Join(", ", SortNames)}; with - before it for the other direction."),
    ];

    /// <summary>How many at most; <c>null</c> for all.</summary>
    public int? Limit { get; private init; }

    public int Offset { get; private init; }

    /// <summary>A part of name, note or UUID, in any case.</summary>
    public string? Search { get; private init; }

    public KeyState? State { get; private init; }
    public string SortName { get; private init; } = SortNames[0];
    public bool IsDescending { get; private init; }

    /// <summary>Whether traffic alone can change what the list shows, or how.</summary>
    public bool IsByTraffic => SortName is "traffic" or "last_used_at";

    /// <returns>The query, or what is wrong with it.</returns>
    public static (KeyQuery? Query, VpnProblem? Problem) Read(IQueryCollection query, DateTimeOffset now)
    {
        var (search, state, sort) = (query["search"].ToString(), query["state"].ToString(), query["sort"].ToString());
        var isDescending = sort.StartsWith('-');
        var sortName = sort.TrimStart('-', '+', ' ');

        if (!TryNumber(query["limit"], 1, MostKeys, out var limit))
            return Bad($"limit must be a whole number from 1 to {MostKeys}");
        if (!TryNumber(query["offset"], 0, int.MaxValue, out var offset))
            return Bad("offset must be a whole number from 0 up");
        if (search.Length > LongestSearch)
            return Bad($"search must be at most {LongestSearch} characters long");
        if (state.Length > 0 && !KeyWords.TryRead<KeyState>(state, out _))
            return Bad($"state must be one of: {KeyWords.All<KeyState>()}");
        if (sort.Length > 0 && !SortNames.Contains(sortName))
            return Bad($"sort must be one of: {string.Join(", ", SortNames)}; with - before it for the other direction");

        return (
            new KeyQuery
            {
                Limit = limit,
                Offset = offset ?? 0,
                Search = search.Length == 0 ? null : Text.Fold(search),
                State = state.Length > 0 && KeyWords.TryRead<KeyState>(state, out var wanted) ? wanted : null,
                SortName = sort.Length == 0 ? SortNames[0] : sortName,
                IsDescending = isDescending,
                _now = now,
            },
            null
        );
    }

    public IQueryable<VpnKey> Filter(IQueryable<VpnKey> keys)
    {
        if (Search is { } search)
            keys = keys.Where(key => key.SearchText.Contains(search));

        return State is { } state ? keys.Where(KeyStates.Is(state, _now)) : keys;
    }

    /// <summary>Keys that are equal in what is sorted by stay in the order of their numbers.</summary>
    public IQueryable<VpnKey> Sort(IQueryable<VpnKey> keys) =>
        SortName switch
        {
            // It begins with the name, in lower case.
            "name" => By(keys, key => key.SearchText).ThenBy(key => key.Id),
            "created_at" => By(keys, key => key.CreatedAt).ThenBy(key => key.Id),
            "expires_at" => By(keys, key => key.ExpiresAt).ThenBy(key => key.Id),
            "traffic" => By(keys, key => key.Traffic.Upload + key.Traffic.Download).ThenBy(key => key.Id),
            "last_used_at" => By(keys, key => key.Traffic.UsedAt).ThenBy(key => key.Id),
            _ => By(keys, key => key.Id),
        };

    private IOrderedQueryable<VpnKey> By<T>(IQueryable<VpnKey> keys, Expression<Func<VpnKey, T>> order) =>
        IsDescending ? keys.OrderByDescending(order) : keys.OrderBy(order);

    private static bool TryNumber(string? text, int least, int most, out int? number)
    {
        number = null;

        if (string.IsNullOrEmpty(text))
            return true;

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) || parsed < least || parsed > most)
            return false;

        number = parsed;
        return true;
    }

    private static (KeyQuery?, VpnProblem?) Bad(string what) => (null, VpnProblem.BadRequest(what));
}
