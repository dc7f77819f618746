using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Latchkey.Platform.Web;

/// <summary>A number of requests a window, counted for each caller apart.</summary>
/// <param name="partition">Who is counted, such as an API key's id; <c>null</c> counts the caller's address.</param>
public sealed class RateLimit(int permits, TimeSpan window, Func<HttpContext, string?>? partition = null) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetFixedWindowLimiter(
            partition?.Invoke(context) ?? ClientAddress.ForLimits(context),
            _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window }
        )
    );

    /// <summary>Counts a request, and says in its answer's headers how many are left.</summary>
    /// <returns>Whether it may go on; if not, answer 429.</returns>
    public bool TryEnter(HttpContext context)
    {
        using var lease = _limiter.AttemptAcquire(context);

        var remaining = lease.IsAcquired ? _limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0 : 0;
        var retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (long)Math.Ceiling(wait.TotalSeconds) : 0;
        var headers = context.Response.Headers;

        headers["X-RateLimit-Limit"] = permits.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = remaining.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Retry-After"] = retryAfter.ToString(CultureInfo.InvariantCulture);

        if (!lease.IsAcquired)
            headers.RetryAfter = Math.Max(retryAfter, 1).ToString(CultureInfo.InvariantCulture);

        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}

/// <summary>Rate limits on routes.</summary>
public static class RateLimitRoutes
{
    /// <summary>Requests over the limit get the façade's 429.</summary>
    public static TBuilder WithRateLimit<TBuilder>(this TBuilder routes, RateLimit limit)
        where TBuilder : IEndpointConventionBuilder =>
        routes.AddEndpointFilter(
            async (invocation, next) =>
            {
                if (limit.TryEnter(invocation.HttpContext))
                    return await next(invocation);

                await invocation.HttpContext.WriteProblemAsync(StatusCodes.Status429TooManyRequests);
                return Results.Empty;
            }
        );
}
