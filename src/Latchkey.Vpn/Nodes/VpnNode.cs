using Latchkey.Vpn.Core;
using Latchkey.Vpn.Links;

namespace Latchkey.Vpn.Nodes;

/// <summary>One core among those that have the same keys.</summary>
/// <param name="Name">Unique; it stands in the names of links where there are several.</param>
/// <param name="Inbound">The tag of the inbound that the keys are users of.</param>
/// <param name="Kind">What the core is; <c>null</c> when it is to be found out.</param>
/// <param name="Flow">As <c>REALITY_FLOW</c> has it; <c>null</c> when that is not set.</param>
/// <param name="Link">What its links say.</param>
internal sealed record VpnNode(string Name, CoreAddress Api, string Inbound, CoreKind? Kind, string? Flow, LinkParameters Link)
{
    /// <summary>The core's configuration file, where it lies on this machine.</summary>
    public ConfigurationFile? Configuration { get; init; }
}
