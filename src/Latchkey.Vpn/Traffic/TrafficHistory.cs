using System.Globalization;
using Latchkey.Platform.ApiDocuments;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Traffic;

/// <summary>Traffic of one key by hour or by day, and how long it is kept.</summary>
internal sealed class TrafficHistory(VpnDb db, TimeProvider time)
{
    private const string ByHour = "hour";
    private const string ByDay = "day";

    private static readonly long MillisecondsADay = (long)TimeSpan.FromDays(1).TotalMilliseconds;
    private static readonly TimeSpan HoursKept = TimeSpan.FromDays(31);
    private static readonly TimeSpan DaysKept = TimeSpan.FromDays(400);

    /// <summary>For the API's document.</summary>
    public static RouteParameter[] Parameters { get; } =
    [
        new("by", $"{ByHour} or {ByDay} (which it is when left out).") { Words = [ByHour, ByDay] },
        new("from", "Unix seconds.") { IsInteger = true },
        new("to", "Unix seconds.") { IsInteger = true },
    ];

    /// <param name="query"><c>by</c> (hour or day), <c>from</c> and <c>to</c> in Unix seconds.</param>
    public async Task<IResult> AnswerAsync(long keyId, IQueryCollection query, CancellationToken cancellation)
    {
        var by = query["by"].ToString() is { Length: > 0 } asked ? asked : ByDay;

        if (by is not (ByHour or ByDay))
            return VpnProblem.BadRequest($"by must be {ByHour} or {ByDay}");

        var now = time.GetUtcNow();

        if (!TryTime(query["from"], now - (by == ByHour ? HoursKept : DaysKept), out var from))
            return VpnProblem.BadRequest("from must be a time in Unix seconds");

        if (!TryTime(query["to"], now, out var to))
            return VpnProblem.BadRequest("to must be a time in Unix seconds");

        var items = by == ByHour ? await ReadHoursAsync(keyId, from, to, cancellation) : await ReadDaysAsync(keyId, from, to, cancellation);

        return VpnAnswer.Json(new TrafficHistoryResponse(keyId, by, items));
    }

    /// <summary>Sums the hours of days that are over long enough, and deletes days that are too old to be kept.</summary>
    public async Task RemoveOldAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        // Whole days only, so that no day is in part here and in part there.
        var (oldHours, oldDays) = (DayOf(now - HoursKept), now - DaysKept);

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO vpn_traffic_days (KeyId, At, Upload, Download)
                SELECT KeyId, At - At % {MillisecondsADay}, SUM(Upload), SUM(Download) FROM vpn_traffic_hours
                WHERE At < {oldHours.ToUnixTimeMilliseconds()} GROUP BY 1, 2
                ON CONFLICT (KeyId, At) DO UPDATE SET Upload = Upload + excluded.Upload, Download = Download + excluded.Download
            """,
            cancellation
        );
        await db.Hours.Where(row => row.At < oldHours).ExecuteDeleteAsync(cancellation);
        await db.Days.Where(row => row.At < oldDays).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private Task<List<TrafficHistoryItem>> ReadHoursAsync(
        long keyId,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    ) =>
        db
            .Hours.AsNoTracking()
            .Where(row => row.KeyId == keyId && row.At >= from && row.At <= to)
            .OrderBy(row => row.At)
            .Select(row => new TrafficHistoryItem(row.At.ToUnixTimeSeconds(), row.Upload, row.Download))
            .ToListAsync(cancellation);

    private async Task<List<TrafficHistoryItem>> ReadDaysAsync(
        long keyId,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        var summed = await db
            .Days.AsNoTracking()
            .Where(row => row.KeyId == keyId && row.At >= from && row.At <= to)
            .OrderBy(row => row.At)
            .Select(row => new TrafficHistoryItem(row.At.ToUnixTimeSeconds(), row.Upload, row.Download))
            .ToListAsync(cancellation);
        var hours = await db.Hours.AsNoTracking().Where(row => row.KeyId == keyId && row.At >= from).ToListAsync(cancellation);

        return
        [
            .. summed,
            .. hours
                .GroupBy(hour => DayOf(hour.At))
                .Where(day => day.Key >= from && day.Key <= to)
                .OrderBy(day => day.Key)
                .Select(day => new TrafficHistoryItem(
                    day.Key.ToUnixTimeSeconds(),
                    day.Sum(hour => hour.Upload),
                    day.Sum(hour => hour.Download)
                )),
        ];
    }

    private static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private static bool TryTime(string? text, DateTimeOffset standard, out DateTimeOffset time)
    {
        time = standard;

        if (string.IsNullOrEmpty(text))
            return true;

        if (
            !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        )
            return false;

        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }
}

/// <param name="By">hour or day.</param>
/// <param name="Items">Oldest first; hours and days without traffic are left out.</param>
public sealed record TrafficHistoryResponse(long KeyId, string By, IReadOnlyList<TrafficHistoryItem> Items);

/// <param name="At">The beginning of the hour or day (UTC), in Unix seconds.</param>
public sealed record TrafficHistoryItem(long At, long Upload, long Download);
