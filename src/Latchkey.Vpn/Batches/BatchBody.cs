using System.Globalization;
using System.Text.Json;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Batches;

/// <summary>Reads what a request says of many keys at once, and names the field that is wrong, with its place in the list.</summary>
internal static class BatchBody
{
    /// <summary>In one request.</summary>
    public const int MostKeys = 1_000;

    private const string Keys = "keys";
    private const string Count = "count";
    private const string NamePrefix = "name_prefix";
    private const string KeyIds = "key_ids";

    /// <summary>Either <c>keys</c>, with the terms of each, or <c>count</c> and the terms of all, which a prefix numbers the names of.</summary>
    public static (IReadOnlyList<KeyTerms>? Terms, VpnProblem? Problem) ReadTerms(JsonElement body)
    {
        var (hasKeys, hasCount) = (body.TryGetProperty(Keys, out var keys), body.TryGetProperty(Count, out var count));

        if (hasKeys == hasCount)
            return Bad<KeyTerms>("either count or keys is needed, and not both");

        return hasKeys ? ReadEach(keys) : ReadSame(body, count);
    }

    public static (IReadOnlyList<long>? KeyIds, VpnProblem? Problem) ReadIds(JsonElement body)
    {
        if (!body.TryGetProperty(KeyIds, out var ids) || !IsList(ids))
            return Bad<long>($"{KeyIds} must be a list of 1 to {MostKeys} numbers of keys");

        var read = new List<long>();

        foreach (var id in ids.EnumerateArray())
        {
            if (id.ValueKind != JsonValueKind.Number || !id.TryGetInt64(out var number) || number < 1)
                return Bad<long>($"{KeyIds}[{read.Count}] must be the number of a key");

            read.Add(number);
        }

        return (read, null);
    }

    private static (IReadOnlyList<KeyTerms>?, VpnProblem?) ReadEach(JsonElement keys)
    {
        if (!IsList(keys))
            return Bad<KeyTerms>($"{Keys} must be a list of 1 to {MostKeys} objects");

        var read = new List<KeyTerms>();

        foreach (var key in keys.EnumerateArray())
        {
            if (key.ValueKind != JsonValueKind.Object)
                return Bad<KeyTerms>($"{Keys}[{read.Count}] must be a JSON object, such as {{\"name\": \"user_1\"}}");

            var (terms, problem) = KeyBody.ReadTerms(key);

            if (terms is null)
                return Bad<KeyTerms>($"{Keys}[{read.Count}].{problem!.Detail}");

            read.Add(terms);
        }

        return (read, null);
    }

    private static (IReadOnlyList<KeyTerms>?, VpnProblem?) ReadSame(JsonElement body, JsonElement count)
    {
        if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out var many) || many is < 1 or > MostKeys)
            return Bad<KeyTerms>($"{Count} must be a whole number from 1 to {MostKeys}");

        var (terms, problem) = KeyBody.ReadTerms(body);

        if (terms is null)
            return (null, problem);

        if (!body.TryGetProperty(NamePrefix, out var given) || given.ValueKind == JsonValueKind.Null)
            return ([.. Enumerable.Repeat(terms, many)], null);

        if (terms.Name.IsGiven)
            return Bad<KeyTerms>($"name and {NamePrefix} cannot be given together");

        var (prefix, wrong) = KeyBody.ReadText(given, VpnKey.LongestName - MostKeys.ToString(CultureInfo.InvariantCulture).Length);

        return wrong is null
            ? ([.. Enumerable.Range(1, many).Select(number => terms with { Name = $"{prefix}{number}" })], null)
            : Bad<KeyTerms>($"{NamePrefix} {wrong}");
    }

    private static bool IsList(JsonElement list) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() is >= 1 and <= MostKeys;

    private static (IReadOnlyList<T>?, VpnProblem?) Bad<T>(string what) => (null, VpnProblem.BadRequest(what));
}
