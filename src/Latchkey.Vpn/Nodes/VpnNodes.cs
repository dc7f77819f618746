using System.Text.Json;
using System.Text.Json.Serialization;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Links;

namespace Latchkey.Vpn.Nodes;

/// <summary>The cores: the one of <c>XRAY_API_HOST</c> first, then those of <c>VPN_NODES_FILE</c>. All have all keys.</summary>
internal sealed class VpnNodes(IReadOnlyList<VpnNode> all)
{
    private const string FirstName = "main";
    private const int MostNodes = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter<CoreKind>() },
    };

    public IReadOnlyList<VpnNode> All { get; } = all;

    /// <summary>The one that the contract's links lead to.</summary>
    public VpnNode First => All[0];

    public VpnNode this[string name] => All.First(node => node.Name == name);

    /// <exception cref="LatchkeyStartException">The file of nodes cannot be used.</exception>
    public static VpnNodes From(LatchkeySettings settings)
    {
        var first = new VpnNode(
            FirstName,
            new CoreAddress($"{Bracketed(settings[CoreSettings.ApiHost]!)}:{settings[CoreSettings.ApiPort]}"),
            settings[CoreSettings.InboundTag]!,
            Enum.TryParse<CoreKind>(settings[CoreSettings.Kind], ignoreCase: true, out var kind) ? kind : null,
            settings[LinkSettings.Flow],
            LinkParameters.From(settings)
        )
        {
            Configuration = ConfigurationFile.From(settings),
        };

        return settings[CoreSettings.NodesFile] is { } path ? new([first, .. Read(path, first)]) : new([first]);
    }

    private static IEnumerable<VpnNode> Read(string path, VpnNode first)
    {
        List<NodeEntry>? entries;

        try
        {
            entries = JsonSerializer.Deserialize<List<NodeEntry>>(File.ReadAllBytes(path), Json);
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw Bad("it is no JSON list of nodes" + (failure is JsonException { Path: { } place } ? $" (at {place})" : ""), failure);
        }

        if (entries is null or { Count: > MostNodes } || entries.Contains(null!))
            throw Bad($"it must be a JSON list of at most {MostNodes} nodes");

        if (entries.FirstOrDefault(entry => !IsName(entry.Name)) is not null)
            throw Bad("every node needs a name of letters, digits and hyphens");

        if (
            entries.Select(entry => entry.Name).Append(FirstName).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is
            { } twice
        )
            throw Bad($"the name {twice.Key} is there twice (main is the core of XRAY_API_HOST)");

        if (entries.FirstOrDefault(entry => entry.Api is null || !CoreAddress.IsValid(entry.Api)) is { } unreachable)
            throw Bad($"the api of {unreachable.Name} must be host:port");

        return entries.Select(entry => entry.ToNode(first));
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 40 } && name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_');

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host;

    private static LatchkeyStartException Bad(string what, Exception? cause = null) =>
        new($"VPN_NODES_FILE cannot be used: {what}.", cause!);

    /// <summary>A node as the file has it: what it leaves out is as for the first one.</summary>
    private sealed record NodeEntry(
        string? Name,
        string? Api,
        string? Domain,
        int? Port,
        string? Sni,
        string? Fingerprint,
        string? PublicKey,
        string? ShortId,
        string? Flow,
        string? InboundTag,
        CoreKind? Core
    )
    {
        public VpnNode ToNode(VpnNode first) =>
            new(
                Name!,
                new CoreAddress(Api!),
                InboundTag ?? first.Inbound,
                Core,
                Flow ?? first.Flow,
                first.Link with
                {
                    Host = Domain ?? first.Link.Host,
                    Port = Port ?? first.Link.Port,
                    ServerName = Sni ?? first.Link.ServerName,
                    Fingerprint = Fingerprint ?? first.Link.Fingerprint,
                    PublicKey = PublicKey is null ? first.Link.PublicKey : LinkParameters.UrlSafe(PublicKey),
                    ShortId = ShortId ?? first.Link.ShortId,
                }
            );
    }
}
