namespace Latchkey.Platform.Access;

/// <summary>Who makes a request: the API key behind it, however it was presented.</summary>
/// <param name="KeyId">Id of the API key (<c>key_…</c>); not the secret.</param>
public sealed record Caller(string KeyId, KeyScopes Scopes, KeyEnvironment Environment)
{
    public bool May(KeyScopes scope) => (Scopes & (scope | KeyScopes.Admin)) != KeyScopes.None;
}
