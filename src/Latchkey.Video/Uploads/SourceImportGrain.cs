using Latchkey.Platform.Files;
using Latchkey.Platform.Outbound;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Latchkey.Video.Uploads;

/// <summary>Fetches one source from its address; the key is the source's id.</summary>
internal interface ISourceImportGrain : IGrainWithStringKey
{
    /// <summary>Looks at the row and goes on from there. Returns at once.</summary>
    Task StartAsync();
}

/// <summary>
/// The row is the truth: while it says importing, the fetch is made, from its beginning after a crash. An outside failure that may pass is
/// tried again; at its last attempt it becomes the row's named reason.
/// </summary>
internal sealed partial class SourceImportGrain(
    IDbContextFactory<VideoDb> databases,
    IFileStore files,
    SafeHttpClient http,
    OpenUploads uploads,
    StorageRoom room,
    IEncodingStarter encoding,
    TimeProvider time,
    ILogger<SourceImportGrain> logger
) : Grain, ISourceImportGrain, IDisposable
{
    private const int Attempts = 4;
    private const int BufferSize = 256 * 1024;

    /// <summary>How many bytes are written between two looks at the room that is left.</summary>
    private const int BytesBetweenLooks = 16 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _ending = new();
    private Task? _running;
    private IGrainTimer? _timer;

    private string SourceId => this.GetPrimaryKeyString();

    public Task StartAsync()
    {
        if (_running is null or { IsCompleted: true })
        {
            _running = Task.Run(() => RunAsync(_ending.Token));

            // Keeps the grain alive, and sees when the video is deleted.
            _timer ??= this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(BetweenLooks, BetweenLooks) { KeepAlive = true });
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private async Task LookAsync(CancellationToken cancellation)
    {
        if (_running is { IsCompleted: false } && await IsWantedAsync(cancellation))
            return;

        _timer?.Dispose();
        _timer = null;
        DeactivateOnIdle();
    }

    private async Task<bool> IsWantedAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        return await db.Sources.AnyAsync(
            source =>
                source.Id == SourceId
                && source.State == SourceState.Importing
                && db.Videos.Any(video => video.Id == source.VideoId && video.DiscardedAt == null),
            cancellation
        );
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await BeginAsync(cancellation) is not { } source)
                    return;

                try
                {
                    var size = await FetchAsync(source, cancellation);
                    await FinishAsync(size, cancellation);
                    return;
                }
                catch (OutboundException failure) when (attempt < Attempts && MayPass(failure.Reason))
                {
                    Log.TriedAgain(logger, SourceId, failure.Reason, attempt);
                    await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), time, cancellation);
                }
                catch (OutboundException failure)
                {
                    await FailAsync(failure.Reason, cancellation);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops, or the video is gone; what is unfinished is begun again by the sweep.
        }
        catch (StorageFullException)
        {
            Log.Full(logger, SourceId);

            // It is fetched from its beginning anyway: meanwhile the room is of more use to others.
            await files.DeleteTreeAsync(SourceFiles.Folder(SourceId), CancellationToken.None);
        }
        catch (Exception failure)
        {
            Log.Broken(logger, SourceId, failure);
        }
    }

    private async Task<VideoSource?> BeginAsync(CancellationToken cancellation)
    {
        if (!await IsWantedAsync(cancellation))
            return null;

        room.Claim(0);
        return await MoveAsync((_, source) => source.BeginAttempt(time.GetUtcNow()), cancellation);
    }

    private async Task<long> FetchAsync(VideoSource source, CancellationToken cancellation)
    {
        await using var file = await files.OpenGrowingAsync(source.FileKey, cancellation);
        await using var answer = await http.SendAsync(
            new OutboundRequest(source.Origin!)
            {
                MaxBytes = uploads.MostBytes,
                Timeout = Longest,
                IdleTimeout = Idle,
            },
            cancellation
        );
        answer.EnsureSuccess();
        room.Claim(answer.Length ?? 0);

        var buffer = new byte[BufferSize];
        var size = 0L;

        while (await answer.Content.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            await file.WriteAsync(size, buffer.AsMemory(0, read), cancellation);
            size += read;

            if (size / BytesBetweenLooks != (size - read) / BytesBetweenLooks)
                room.Claim(0);
        }

        if (size == 0)
            throw new OutboundException(ImportReasons.Empty, "The address answered without a body.");

        if (answer.Length is { } told && told != size)
            throw new OutboundException(OutboundReasons.ConnectionLost, "The answer was shorter than its length said.");

        await file.CompleteAsync(size, cancellation);
        return size;
    }

    private async Task FinishAsync(long size, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();

        var source = await MoveAsync(
            (db, source) =>
            {
                source.Finish(size, now);
                encoding.Request(db, db.Videos.Local.Single(), source, now);
            },
            cancellation
        );

        if (source is not null)
            await encoding.StartAsync(source.VideoId, cancellation);
    }

    private async Task FailAsync(string reason, CancellationToken cancellation)
    {
        Log.Failed(logger, SourceId, reason);

        if (await MoveAsync((_, source) => source.Fail(reason, time.GetUtcNow()), cancellation) is { } source)
            await files.DeleteTreeAsync(SourceFiles.Folder(source.Id), cancellation);
    }

    /// <summary>Moves the row on, unless it is gone, or somebody else did; then the answer is <c>null</c>.</summary>
    private async Task<VideoSource?> MoveAsync(Action<VideoDb, VideoSource> move, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        var source = await db.Sources.SingleOrDefaultAsync(
            source => source.Id == SourceId && source.State == SourceState.Importing,
            cancellation
        );

        if (
            source is null
            || !await db.Videos.Where(video => video.Id == source.VideoId && video.DiscardedAt == null).AnyAsync(cancellation)
        )
            return null;

        await db.Videos.SingleAsync(video => video.Id == source.VideoId, cancellation);
        move(db, source);

        try
        {
            await db.SaveChangesAsync(cancellation);
            return source;
        }
        catch (DbUpdateConcurrencyException)
        {
            return null;
        }
    }

    private static bool MayPass(string reason) =>
        reason
            is OutboundReasons.DnsFailed
                or OutboundReasons.ConnectFailed
                or OutboundReasons.ConnectionLost
                or OutboundReasons.TimedOut
                or "http_429"
        || reason.StartsWith("http_5", StringComparison.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Source {SourceId} could not be fetched ({Reason}), attempt {Attempt}; it is tried again")]
        public static partial void TriedAgain(ILogger logger, string sourceId, string reason, int attempt);

        [LoggerMessage(LogLevel.Warning, "Source {SourceId} cannot be fetched: {Reason}")]
        public static partial void Failed(ILogger logger, string sourceId, string reason);

        [LoggerMessage(LogLevel.Warning, "Source {SourceId} waits: the file store has no room left")]
        public static partial void Full(ILogger logger, string sourceId);

        [LoggerMessage(LogLevel.Error, "The import of source {SourceId} broke off; the sweep begins it again")]
        public static partial void Broken(ILogger logger, string sourceId, Exception failure);
    }
}

internal static class ImportReasons
{
    public const string Empty = "empty";
}

internal sealed class SourceImports(IGrainFactory grains) : ISourceImports
{
    public Task StartAsync(string sourceId) => grains.GetGrain<ISourceImportGrain>(sourceId).StartAsync();
}
