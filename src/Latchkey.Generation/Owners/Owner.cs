namespace Latchkey.Generation.Owners;

/// <summary>Whose jobs, files and credits something is.</summary>
/// <param name="Id">The id of an API key (<c>key_…</c>), or of a Supabase user (a UUID).</param>
/// <param name="IsSandbox">A sandbox key: whatever it asks for is made by the sandbox provider, and nothing is paid for.</param>
internal sealed record Owner(string Id, bool IsSandbox, bool IsAdmin);
