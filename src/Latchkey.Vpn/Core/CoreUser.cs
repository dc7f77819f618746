using System.Runtime.InteropServices;

namespace Latchkey.Vpn.Core;

/// <summary>A key as a core knows it.</summary>
internal readonly record struct CoreUser(string Email, string Uuid, string Flow);

/// <summary>What a core counted of one user since its start, in bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UserCounters(long Upload, long Download);
