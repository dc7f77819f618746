using System.Collections.Concurrent;
using Latchkey.Generation.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Generations;

/// <summary>
/// Remembers which orders' answers went out: until then the same order once more gets the same job. All of a second are written down at once;
/// those that a killed process had not written yet count as not answered.
/// </summary>
internal sealed partial class AnsweredOrders(GroupedWrites writes, TimeProvider time, ILogger<AnsweredOrders> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenWrites = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _unwritten = new(StringComparer.Ordinal);

    /// <summary>Once the answer to this request, which made the job, has been sent whole.</summary>
    public void NoteWhenSent(HttpContext http, string jobId) =>
        http.Response.OnCompleted(() =>
        {
            if (!http.RequestAborted.IsCancellationRequested)
                _unwritten[jobId] = time.GetUtcNow();

            return Task.CompletedTask;
        });

    /// <summary>Whether it is answered, and its row does not say so yet.</summary>
    public bool Contains(string jobId) => _unwritten.ContainsKey(jobId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(BetweenWrites, time, stoppingToken);
                await WriteAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        if (_unwritten.IsEmpty)
            return;

        var answered = _unwritten.ToArray();
        var (ids, now) = (answered.Select(order => order.Key).ToList(), time.GetUtcNow());

        try
        {
            await writes.RunAsync(
                db =>
                    db.Jobs.Where(job => ids.Contains(job.Id) && job.AnsweredAt == null)
                        .ExecuteUpdateAsync(job => job.SetProperty(row => row.AnsweredAt, now)),
                CancellationToken.None
            );

            foreach (var order in answered)
                _unwritten.TryRemove(order);
        }
        catch (Exception failure)
        {
            Log.NotWritten(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Which orders were answered could not be written down; it is tried again")]
        public static partial void NotWritten(ILogger logger, Exception failure);
    }
}
