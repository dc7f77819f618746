using System.Runtime.InteropServices;

namespace Latchkey.Vpn.Core;

/// <summary>By what one run of a core is told from the next.</summary>
/// <param name="Uptime">In whole seconds.</param>
/// <param name="Allocated">Bytes allocated since its start; it only grows.</param>
/// <param name="Connections">How many connections the client has made. What answers over the same one is the same run.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CoreVitals(TimeSpan Uptime, ulong Allocated, int Connections);
