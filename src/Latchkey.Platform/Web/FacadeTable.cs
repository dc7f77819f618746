using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>Finds the façade of a path: the longest prefix on whole path segments wins.</summary>
internal sealed class FacadeTable
{
    private readonly FrozenDictionary<string, Facade>.AlternateLookup<ReadOnlySpan<char>> _byPrefix;
    private readonly Facade _api = new(["/api"], HostProblemWriter.Instance);
    private readonly Facade _rest;

    public FacadeTable(IEnumerable<Facade> facades)
    {
        var all = facades.ToList();
        var byPrefix = new Dictionary<string, Facade>(StringComparer.OrdinalIgnoreCase);

        foreach (var (prefix, facade) in all.SelectMany(facade => facade.Prefixes.Select(prefix => (prefix, facade))))
        {
            if (!prefix.StartsWith('/') || (prefix.Length > 1 && prefix.EndsWith('/')))
                throw new ArgumentException($"The path prefix '{prefix}' must start with a slash and not end with one.", nameof(facades));

            if (!byPrefix.TryAdd(prefix, facade))
                throw new ArgumentException($"The path prefix '{prefix}' is claimed twice.", nameof(facades));
        }

        _byPrefix = byPrefix.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _rest = all.Find(facade => facade.IsDefault) ?? new Facade(["/"], HostProblemWriter.Instance);
        _rest = _rest with
        {
            Prefixes = [],
            ReadsAllBodiesAsJson = false,
            Origins = all.Exists(facade => facade.IsDefault) ? _rest.Origins : AllowedOrigins.None,
        };
    }

    public Facade Find(PathString path)
    {
        var rest = path.Value.AsSpan();

        if (rest is "/" && _byPrefix.TryGetValue("/", out var root))
            return root;

        while (rest.Length > 1)
        {
            if (_byPrefix.TryGetValue(rest, out var facade))
                return facade;

            rest = rest[..Math.Max(rest.LastIndexOf('/'), 0)];
        }

        return path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) ? _api : _rest;
    }
}
