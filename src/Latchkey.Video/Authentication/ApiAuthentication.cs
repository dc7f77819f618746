using Latchkey.Platform.Access;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Video.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Authentication;

/// <summary>Basic with an API key as the user name, or Bearer with an access token or an API key.</summary>
/// <remarks>A 401 speaks of credentials only: the PHP client answers each one by signing in again and sending the request once more.</remarks>
internal static class ApiAuthentication
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    /// <summary>What every route of the API passes: the caller, the rate limit, and problems that were thrown.</summary>
    public static RouteGroupBuilder RequireApiKey(this RouteGroupBuilder routes) =>
        routes
            .SecuredBy("basic", "bearer")
            .FailsWithProblem(StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests)
            .AddEndpointFilter(
                async (invocation, next) =>
                {
                    var context = invocation.HttpContext;
                    var (caller, problem) = await IdentifyAsync(context);

                    if (problem is not null)
                        return problem;

                    context.RequestServices.GetRequiredService<CurrentCaller>().Value = caller!;

                    var limits = context.RequestServices.GetRequiredService<RequestLimits>();

                    return limits.TryEnter(context, caller!.Environment, KindOf(context), caller.KeyId)
                        ? await next(invocation)
                        : Problems.TooManyRequests();
                }
            );

    /// <summary>Turns what deeper code throws into the answer.</summary>
    public static RouteGroupBuilder AnswerProblems(this RouteGroupBuilder routes) =>
        routes.AddEndpointFilter(
            async (invocation, next) =>
            {
                try
                {
                    return await next(invocation);
                }
                catch (ProblemException exception)
                {
                    return exception.Problem;
                }
            }
        );

    /// <summary>Marks a route whose requests count as uploads.</summary>
    public static RouteHandlerBuilder CountsAsUpload(this RouteHandlerBuilder route) => route.WithMetadata(new UploadMark());

    private static async ValueTask<(Caller? Caller, Problem? Problem)> IdentifyAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();

        if (header.Length == 0)
            return (null, Problems.MissingAuthorizationHeader());

        if (RequestCredentials.Find(context.Request) is not { } secret)
            return (null, Problems.InvalidAuthorizationHeader());

        var keys = context.RequestServices.GetRequiredService<ApiKeyDirectory>();
        var cancellation = context.RequestAborted;

        if (header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return Allow(await keys.AuthenticateAsync(secret, cancellation), Problems.InvalidApiKey());

        // An access token is a JWT, which has two dots; a key has none.
        var caller = secret.Contains('.', StringComparison.Ordinal)
            ? await context.RequestServices.GetRequiredService<AccessTokens>().ValidateAsync(secret, cancellation)
            : await keys.AuthenticateAsync(secret, cancellation);

        return Allow(caller, Problems.InvalidAccessToken());
    }

    private static (Caller?, Problem?) Allow(Caller? caller, Problem refusal) =>
        caller is null ? (null, refusal)
        : caller.May(KeyScopes.Video) ? (caller, null)
        : (null, Problems.MissingScope());

    private static RequestKind KindOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<UploadMark>() is not null ? RequestKind.Upload
        : HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) ? RequestKind.Read
        : RequestKind.Write;

    private sealed class UploadMark;
}
