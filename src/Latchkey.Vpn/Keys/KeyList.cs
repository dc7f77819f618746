using System.Text;
using System.Text.Json;
using Latchkey.Vpn.Api;
using Latchkey.Vpn.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Vpn.Keys;

/// <summary>
/// The list of keys. Without a query it is the contract's: all keys, by number. It is written while it is read, so that 100,000 keys take
/// no memory and hold nobody up.
/// </summary>
internal sealed class KeyList(VpnDb db, KeyDetails details, TimeProvider time)
{
    private const int FlushAt = 32 * 1024;

    public async Task<IResult> AnswerAsync(HttpContext http, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (query, problem) = KeyQuery.Read(http.Request.Query, now);

        if (query is null)
            return problem!;

        var keys = query.Filter(db.Keys.AsNoTracking());
        var isDetailed = KeyDetails.AreAskedFor(http.Request);
        int total;

        if (isDetailed || query.IsByTraffic)
        {
            total = await keys.CountAsync(cancellation);
        }
        else
        {
            var state = await StateOfAsync(keys, now, cancellation);
            total = state.Count;

            if (EntityTag.IsUnchanged(http, Encoding.UTF8.GetBytes($"{state} {http.Request.QueryString}")))
                return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        http.Response.ContentType = "application/json";

        if (!HttpMethods.IsHead(http.Request.Method))
            await WriteAsync(http, query.Sort(keys).Skip(query.Offset).Take(query.Limit ?? int.MaxValue), isDetailed, total, cancellation);

        return Results.Empty;
    }

    private async Task WriteAsync(HttpContext http, IQueryable<VpnKey> page, bool isDetailed, int total, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, VpnJson.WriterOptions);

        json.WriteStartObject();
        json.WriteStartArray("keys");

        if (isDetailed)
            await WriteAllAsync(page.Include(key => key.Traffic), key => details.Of(key, http.Request), VpnJson.Relaxed.KeyDetailsResponse);
        else
            await WriteAllAsync(Rows(page), row => row.ToResponse(time.GetUtcNow()), VpnJson.Relaxed.KeyResponse);

        json.WriteEndArray();
        json.WriteNumber("total", total);
        json.WriteEndObject();

        async Task WriteAllAsync<TRow, TResponse>(
            IQueryable<TRow> rows,
            Func<TRow, TResponse> answer,
            System.Text.Json.Serialization.Metadata.JsonTypeInfo<TResponse> type
        )
        {
            await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellation))
            {
                JsonSerializer.Serialize(json, answer(row), type);

                if (json.BytesPending < FlushAt)
                    continue;

                await json.FlushAsync(cancellation);
                await http.Response.BodyWriter.FlushAsync(cancellation);
            }
        }
    }

    /// <summary>Sums that are others when any key, or its state, is another.</summary>
    private static async Task<ListState> StateOfAsync(IQueryable<VpnKey> keys, DateTimeOffset now, CancellationToken cancellation)
    {
        var sums = await keys.GroupBy(_ => 1)
            .Select(all => new
            {
                Count = all.Count(),
                Last = all.Max(key => key.Id),
                Changes = all.Sum(key => (long)key.Version),
            })
            .SingleOrDefaultAsync(cancellation);
        var active = await keys.Where(KeyStates.Is(KeyState.Active, now)).SumAsync(key => key.Id, cancellation);

        return new ListState(sums?.Count ?? 0, sums?.Last ?? 0, sums?.Changes ?? 0, active);
    }

    private static IQueryable<KeyRow> Rows(IQueryable<VpnKey> page) =>
        page.Select(key => new KeyRow(
            key.Id,
            key.Uuid,
            key.ShortId,
            key.Name,
            key.CreatedAt,
            key.PausedAt,
            key.ExpiresAt,
            key.DataLimit,
            key.Traffic.Upload + key.Traffic.Download,
            key.Traffic.BlockedUntil
        ));

    private sealed record ListState(int Count, long Last, long Changes, long Active);

    private sealed record KeyRow(
        long Id,
        string Uuid,
        string ShortId,
        string? Name,
        DateTimeOffset CreatedAt,
        DateTimeOffset? PausedAt,
        DateTimeOffset? ExpiresAt,
        long? DataLimit,
        long Used,
        DateTimeOffset? BlockedUntil
    )
    {
        public KeyResponse ToResponse(DateTimeOffset now) =>
            new(
                Id,
                Uuid,
                ShortId,
                Name,
                CreatedAt.ToUnixTimeSeconds(),
                KeyStates.Of(PausedAt, ExpiresAt, DataLimit, Used, BlockedUntil, now) == KeyState.Active
            );
    }
}
