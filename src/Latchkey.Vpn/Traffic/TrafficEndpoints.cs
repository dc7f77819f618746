using Latchkey.Platform.ApiDocuments;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Keys;
using Latchkey.Vpn.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Traffic;

internal static class TrafficEndpoints
{
    public static void MapTraffic(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/api/keys").WithTags("Traffic");

        keys.MapGet("/{key}/traffic", GetTraffic).WithSummary("Get a key's traffic").Produces<TrafficResponse>();
        keys.MapPost("/{key}/traffic/reset", ResetTraffic).WithSummary("Set a key's traffic to zero").Produces<TrafficResetResponse>();
        keys.MapGet("/{key}/traffic/history", GetHistory)
            .TakesQuery(TrafficHistory.Parameters)
            .WithSummary("Get a key's traffic by hour or by day")
            .Produces<TrafficHistoryResponse>();
        api.MapPost("/api/traffic/sync", SyncTraffic)
            .WithTags("Traffic")
            .WithSummary("Read the traffic of all keys from the core now")
            .Produces<TrafficSyncResponse>();
    }

    private static async Task<IResult> GetTraffic(string key, KeyReader reader, VpnCores cores, VpnDb db, CancellationToken cancellation)
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        if (reader.Find(reference) is not { } found)
            return reference.NotFound;

        await cores.RefreshTrafficAsync(found.KeyId, found.Uuid);

        return await db.Traffic.AsNoTracking().FirstOrDefaultAsync(row => row.KeyId == found.KeyId, cancellation) is { } traffic
            ? VpnAnswer.Json(
                new TrafficResponse(found.KeyId, traffic.Upload, traffic.Download, traffic.Total, traffic.UpdatedAt.ToUnixTimeSeconds())
            )
            : reference.NotFound;
    }

    private static async Task<IResult> ResetTraffic(
        string key,
        KeyReader reader,
        VpnCores cores,
        TrafficReset reset,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        if (reader.Find(reference) is not { } found)
            return reference.NotFound;

        // What was used up to now belongs to what is reset.
        await cores.RefreshTrafficAsync(found.KeyId, found.Uuid, toTheLastByte: true);

        return await reset.ResetAsync(found.KeyId, cancellation) is { } previous
            ? VpnAnswer.Json(
                new TrafficResetResponse(
                    true,
                    $"Traffic reset successfully for key {found.KeyId}",
                    found.KeyId,
                    previous.Upload,
                    previous.Download,
                    previous.Upload + previous.Download
                )
            )
            : reference.NotFound;
    }

    private static async Task<IResult> GetHistory(
        string key,
        HttpContext http,
        KeyReader reader,
        TrafficHistory history,
        CancellationToken cancellation
    )
    {
        var (reference, problem) = KeyReference.Parse(key);

        if (problem is not null)
            return problem;

        if (reader.Find(reference) is not { } found)
            return reference.NotFound;

        return await history.AnswerAsync(found.KeyId, http.Request.Query, cancellation);
    }

    private static async Task<IResult> SyncTraffic(VpnCores cores, VpnDb db, TimeProvider time, CancellationToken cancellation)
    {
        var failure = await cores.SyncTrafficAsync();
        var active = await db.Keys.CountAsync(KeyStates.Is(KeyState.Active, time.GetUtcNow()), cancellation);

        return VpnAnswer.Json(
            failure is null
                ? new TrafficSyncResponse(true, $"Synced {active} keys, 0 errors", active, 0)
                : new TrafficSyncResponse(
                    false,
                    $"Synced 0 keys, {active} errors: the core does not answer, and nothing was changed",
                    0,
                    active
                )
        );
    }
}

/// <param name="Upload">Bytes from the client to the server since the last reset.</param>
/// <param name="Download">Bytes from the server to the client since the last reset.</param>
/// <param name="LastUpdated">When the figures last changed, in Unix seconds.</param>
public sealed record TrafficResponse(long KeyId, long Upload, long Download, long Total, long LastUpdated);

/// <param name="PreviousUpload">Bytes up to the reset.</param>
public sealed record TrafficResetResponse(
    bool Success,
    string Message,
    long KeyId,
    long PreviousUpload,
    long PreviousDownload,
    long PreviousTotal
);

/// <param name="Updated">Keys whose traffic is up to date.</param>
/// <param name="Errors">Keys whose traffic could not be read.</param>
public sealed record TrafficSyncResponse(bool Success, string Message, int Updated, int Errors);
