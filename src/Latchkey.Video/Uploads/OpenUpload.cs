using Latchkey.Platform.Files;
using Latchkey.Video.Storage;

namespace Latchkey.Video.Uploads;

/// <summary>An upload in pieces while requests for it are under way. Its rows are the truth; this is who writes where at the moment.</summary>
internal sealed class OpenUpload(string sourceId, IFileStore files, StorageRoom room, long mostBytes) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _opening = new(1);
    private readonly List<PieceWriter> _writers = [];
    private IGrowingFile? _file;

    public string SourceId { get; private set; } = sourceId;

    /// <summary>Whether rows speak of its files; if not, they go with the last request.</summary>
    public bool IsStored { get; set; }

    public bool IsLoaded { get; set; }

    /// <summary>Another upload turned out to be the video's; whoever waits for this one looks again.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Requests that use it; changed under the lock of <see cref="OpenUploads"/>.</summary>
    public int Users { get; set; }

    /// <summary>Held while rows are read and changed, so that pieces that arrive together are recorded one after the other.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public SourceLayout Layout { get; } = new(mostBytes);

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Takes the place of an upload whose rows are there.</summary>
    public void Load(VideoSource source)
    {
        SourceId = source.Id;
        IsStored = true;

        foreach (var part in source.Parts.OrderBy(part => part.ReceivedAt))
            Layout.Add(part, source.Mode, part.Number == source.TotalParts);
    }

    /// <summary>Begins a piece: straight at its place if that is known and free, otherwise aside.</summary>
    public PieceWriter Begin(ContentRange? range)
    {
        var writer = new PieceWriter(this, files, room, range, Layout.TryClaim(range));

        lock (_writers)
            _writers.Add(writer);

        return writer;
    }

    public async Task<IGrowingFile> FileAsync(CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);

        try
        {
            return _file ??= await files.OpenGrowingAsync(SourceFiles.Key(SourceId), cancellation);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Ends all other pieces that are being written, and waits until none of them touches the file any more.</summary>
    public async Task StopOthersAsync(PieceWriter? keep)
    {
        List<PieceWriter> others;

        lock (_writers)
            others = [.. _writers.Where(writer => writer != keep)];

        foreach (var writer in others)
            writer.Stop();

        await Task.WhenAll(others.Select(writer => writer.Stopped));
    }

    public void Forget(PieceWriter writer)
    {
        lock (_writers)
            _writers.Remove(writer);
    }

    /// <summary>The video is gone: no request goes on with it.</summary>
    public void Stop()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its last request has just ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();

        if (!IsStored)
            await files.DeleteTreeAsync(SourceFiles.Folder(SourceId), CancellationToken.None);

        _stopping.Dispose();
        _opening.Dispose();
        Turn.Dispose();
    }
}
