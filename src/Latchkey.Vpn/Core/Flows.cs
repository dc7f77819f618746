namespace Latchkey.Vpn.Core;

/// <summary>The values of VLESS's flow, as settings and links write them.</summary>
internal static class Flows
{
    public const string Vision = "xtls-rprx-vision";

    /// <summary>No flow, said aloud.</summary>
    public const string None = "none";

    /// <summary>What a user of the core is given: a user with no flow has an empty one.</summary>
    public static string ForCore(string? configured, CoreKind kind) =>
        configured switch
        {
            null => kind == CoreKind.Xray ? Vision : "",
            None => "",
            _ => configured,
        };
}
