namespace Latchkey.Vpn.Core;

/// <summary>Which program the core is. They speak the same protocol under two names.</summary>
internal enum CoreKind
{
    Xray,
    V2Ray,
}

internal static class CoreKinds
{
    /// <summary>What the names of the core's services and messages begin with.</summary>
    public static string Namespace(this CoreKind kind) => kind == CoreKind.Xray ? "xray" : "v2ray.core";
}
