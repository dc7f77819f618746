using Latchkey.Generation.Problems;
using Latchkey.Platform.Access;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Owners;

/// <summary>Finds out who calls, from <c>Authorization: Bearer</c> or <c>Key</c>: an API key, or an access token made of one.</summary>
internal sealed class OwnerAccess(ApiKeyDirectory keys, AccessTokens tokens)
{
    private const string KeyScheme = "Key ";

    /// <returns>The owner, or the problem to answer with.</returns>
    public async ValueTask<(Owner? Owner, GenerationProblem? Problem)> FindAsync(HttpContext http)
    {
        if (Secret(http.Request) is not { } secret || await CallerAsync(secret, http.RequestAborted) is not { } caller)
            return (null, GenerationProblem.SignInRequired);

        return caller.May(KeyScopes.Generation)
            ? (new Owner(caller.KeyId, caller.Environment == KeyEnvironment.Sandbox, caller.May(KeyScopes.Admin)), null)
            : (null, GenerationProblem.ScopeMissing);
    }

    private async ValueTask<Caller?> CallerAsync(string secret, CancellationToken cancellation) =>
        await keys.AuthenticateAsync(secret, cancellation) ?? await tokens.ValidateAsync(secret, cancellation);

    private static string? Secret(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();

        return header.StartsWith(KeyScheme, StringComparison.OrdinalIgnoreCase) && header.Length > KeyScheme.Length
            ? header[KeyScheme.Length..].Trim()
            : RequestCredentials.Find(request);
    }
}
