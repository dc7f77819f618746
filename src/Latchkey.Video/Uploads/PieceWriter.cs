using System.Buffers;
using Latchkey.Platform.Files;
using Latchkey.Video.Api;
using Latchkey.Video.Storage;

namespace Latchkey.Video.Uploads;

/// <summary>
/// Takes the bytes of one piece from the connection to the disk: to their place in the source file, or to a file aside. Disposed without
/// having been kept, it leaves nothing behind.
/// </summary>
internal sealed class PieceWriter(OpenUpload upload, IFileStore files, StorageRoom room, ContentRange? range, SourceSpan? span)
    : IAsyncDisposable
{
    private const int BufferSize = 256 * 1024;

    /// <summary>How many bytes are written between two looks at the room that is left.</summary>
    private const int BytesBetweenLooks = 16 << 20;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(upload.Stopping);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SourceSpan? _span = span;
    private bool _kept;

    public ContentRange? Range => range;

    public OpenUpload Upload { get; private set; } = upload;

    public long Size { get; private set; }

    /// <summary>Where it lies when not in the source file.</summary>
    public string? AsideKey { get; private set; }

    public long Offset => _span?.Start ?? 0;

    public SourceSpan? Span => _span;

    /// <summary>Ends when this piece writes no more, however it ended.</summary>
    public Task Stopped => _stopped.Task;

    /// <exception cref="ProblemException">The same piece arrived by another request meanwhile, or the video was deleted.</exception>
    /// <param name="arrived">Told how many bytes lie in the source file, from the piece's first on.</param>
    public async Task WriteAsync(Stream content, CancellationToken cancellation, Action<long>? arrived = null)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);

        try
        {
            await CopyAsync(content, arrived, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ProblemException(
                Upload.Stopping.IsCancellationRequested ? Problems.ResourceNotFound("videoId") : Problems.PartAlreadySent()
            );
        }
        finally
        {
            _stopped.TrySetResult();
        }
    }

    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Hands the piece over to the upload that it turned out to belong to; there it lies aside.</summary>
    public async Task MoveToAsync(OpenUpload other, CancellationToken cancellation)
    {
        if (_span is not null)
            await MoveAsideAsync(other.SourceId, cancellation);
        else
        {
            var key = SourceFiles.AsideKey(other.SourceId);
            await files.MoveAsync(AsideKey!, key, cancellation);
            AsideKey = key;
        }

        Upload.Forget(this);
        Upload = other;
    }

    /// <summary>Rows speak of it now.</summary>
    public void Keep() => _kept = true;

    public async ValueTask DisposeAsync()
    {
        _stopped.TrySetResult();
        Upload.Forget(this);

        if (!_kept && _span is not null)
            Upload.Layout.Release(_span);

        if (!_kept && AsideKey is not null)
            await files.DeleteAsync(AsideKey, CancellationToken.None);

        _stop.Dispose();
    }

    private async Task CopyAsync(Stream content, Action<long>? arrived, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        IGrowingFile? aside = null;

        try
        {
            if (_span is null)
                aside = await OpenAsideAsync(Upload.SourceId, cancellation);

            var file = aside ?? await Upload.FileAsync(cancellation);

            while (await content.ReadAsync(buffer, cancellation) is > 0 and var read)
            {
                if (range is { Mode: SourceMode.Bytes } && Size + read > range.Length)
                    throw new ProblemException(Problems.RangeMismatch());

                if (_span is not null && !Upload.Layout.TryExtend(_span, read))
                {
                    // Larger than the room before the next part: what is here goes aside, and the rest follows it.
                    await MoveAsideAsync(Upload.SourceId, cancellation);
                    file = aside = await files.OpenGrowingAsync(AsideKey!, cancellation);
                }

                await file.WriteAsync(_span is null ? Size : _span.Start + Size, buffer.AsMemory(0, read), cancellation);
                Size += read;

                // Others fill the same disk, and not every body says how long it is.
                if (Size / BytesBetweenLooks != (Size - read) / BytesBetweenLooks)
                    room.Claim(0);

                if (_span is not null)
                    arrived?.Invoke(Size);
            }

            if (aside is not null)
                await aside.CompleteAsync(Size, cancellation);
        }
        finally
        {
            if (aside is not null)
                await aside.DisposeAsync();

            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Task<IGrowingFile> OpenAsideAsync(string sourceId, CancellationToken cancellation)
    {
        AsideKey = SourceFiles.AsideKey(sourceId);
        return files.OpenGrowingAsync(AsideKey, cancellation);
    }

    private async Task MoveAsideAsync(string sourceId, CancellationToken cancellation)
    {
        await using (var aside = await OpenAsideAsync(sourceId, cancellation))
        {
            await SourceCopy.RunAsync(files, SourceFiles.Key(Upload.SourceId), _span!.Start, aside, 0, Size, cancellation);
            await aside.CompleteAsync(Size, cancellation);
        }

        Upload.Layout.Release(_span);
        _span = null;
    }
}
