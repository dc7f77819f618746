using Latchkey.Platform.Data;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Telemetry;

internal static partial class HealthEndpoints
{
    private const string ProbeKey = "readiness/probe";

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("").WithTags("Host");

        health.MapGet("/healthz", GetAlive).WithSummary("Whether the process runs; answers on its own machine only");
        health
            .MapGet("/readyz", GetReady)
            .WithSummary("Whether the database and the file store answer; answers on its own machine only")
            .Produces<StatusResponse>(StatusCodes.Status503ServiceUnavailable);
    }

    private static Results<Ok<AliveResponse>, NotFound> GetAlive(HttpContext context, StartTime started) =>
        context.IsTrueLoopback() ? TypedResults.Ok(new AliveResponse("ok", started.At)) : TypedResults.NotFound();

    private static async Task<Results<Ok<StatusResponse>, NotFound, JsonHttpResult<StatusResponse>>> GetReady(
        HttpContext context,
        Database database,
        IFileStore files,
        ILogger<StartTime> logger,
        CancellationToken cancellation
    )
    {
        if (!context.IsTrueLoopback())
            return TypedResults.NotFound();

        try
        {
            await database.PingAsync(cancellation);
            await files.FindAsync(ProbeKey, cancellation);

            return TypedResults.Ok(new StatusResponse("ok"));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotReady(logger, failure);

            return TypedResults.Json(new StatusResponse("unavailable"), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Not ready: the database or the file store does not answer")]
        public static partial void NotReady(ILogger logger, Exception failure);
    }
}

/// <summary>When this process read its settings.</summary>
internal sealed record StartTime(DateTimeOffset At);

public sealed record StatusResponse(string Status);

/// <param name="StartedAt">When the settings were read: what was written to .env later counts from the next start.</param>
public sealed record AliveResponse(string Status, DateTimeOffset StartedAt);
