namespace Latchkey.Platform.Access;

/// <summary>What an API key may be used for. <see cref="Admin"/> includes all others.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,
    Video = 1,
    Generation = 2,
    Vpn = 4,
    App = 8,
    Admin = 16,
}
