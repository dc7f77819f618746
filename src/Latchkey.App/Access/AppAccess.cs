using Latchkey.App.Problems;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Latchkey.App.Access;

/// <summary>
/// Finds out who calls. Anyone may, unless <c>APP_REQUIRE_SIGN_IN</c> is on; whoever brings an API key with scope <c>app</c> is not
/// anonymous. Without that setting a key that does not work counts as none: phones keep old tokens.
/// </summary>
internal sealed class AppAccess(LatchkeySettings settings, ApiKeyDirectory keys) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var caller = await FindCallerAsync(http);

        if (settings.Boolean(AppSettings.RequireSignIn) && caller?.May(KeyScopes.App) != true)
            return caller is null ? AppProblem.SignInRequired : AppProblem.ScopeMissing;

        if (caller?.May(KeyScopes.App) == true)
            http.Features.Set(caller);

        return await next(context);
    }

    private async ValueTask<Caller?> FindCallerAsync(HttpContext http) =>
        RequestCredentials.Find(http.Request) is { } secret ? await keys.AuthenticateAsync(secret, http.RequestAborted) : null;
}
