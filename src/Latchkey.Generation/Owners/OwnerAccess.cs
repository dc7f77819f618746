using Latchkey.Generation.Problems;
using Latchkey.Generation.Supabase;
using Latchkey.Platform.Access;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Owners;

/// <summary>
/// Finds out who calls, from <c>Authorization: Bearer</c> or <c>Key</c>: an API key, an access token made of one, or that of a Supabase
/// user.
/// </summary>
internal sealed class OwnerAccess(ApiKeyDirectory keys, AccessTokens tokens, SupabaseUsers users)
{
    private const string KeyScheme = "Key ";

    /// <returns>The owner, or the problem to answer with.</returns>
    public async ValueTask<(Owner? Owner, GenerationProblem? Problem)> FindAsync(HttpContext http)
    {
        if (Secret(http.Request) is not { } secret)
            return (null, GenerationProblem.SignInRequired);

        if (await CallerAsync(secret, http.RequestAborted) is not { } caller)
            return await UserAsync(secret, http.RequestAborted);

        return caller.May(KeyScopes.Generation)
            ? (new Owner(caller.KeyId, caller.Environment == KeyEnvironment.Sandbox, caller.May(KeyScopes.Admin)), null)
            : (null, GenerationProblem.ScopeMissing);
    }

    private async ValueTask<(Owner? Owner, GenerationProblem? Problem)> UserAsync(string token, CancellationToken cancellation) =>
        await users.CheckAsync(token, cancellation) switch
        {
            (TokenVerdict.Good, { } userId) => (new Owner(userId, IsSandbox: false, IsAdmin: false), null),
            (TokenVerdict.Unknown, _) => (null, GenerationProblem.SignInUncertain),
            _ => (null, GenerationProblem.SignInRequired),
        };

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
