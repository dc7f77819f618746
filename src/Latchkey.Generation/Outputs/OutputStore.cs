using System.Buffers;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Providers;
using Latchkey.Platform.Files;
using Latchkey.Platform.Outbound;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Outputs;

internal abstract record StoreOutcome
{
    public sealed record Stored(StoredMedia Media) : StoreOutcome;

    /// <summary>It is there, and not what it should be.</summary>
    public sealed record Invalid(string Reason) : StoreOutcome;

    /// <param name="IsGone">The address will not work again.</param>
    public sealed record NotReached(string Reason, bool IsGone) : StoreOutcome;
}

/// <summary>Fetches what providers made, looks at its bytes, and keeps it in the file store under the job's id.</summary>
internal sealed class OutputStore(IFileStore files, SafeHttpClient http, MediaTools tools, IDbContextFactory<GenerationDb> databases)
    : IDisposable
{
    private const long MaxBytes = 1L << 30;
    private const long MaxPixels = 150_000_000;
    private const int AtOnce = 16;
    private const int CopyBufferSize = 128 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    private readonly SemaphoreSlim _room = new(AtOnce);

    /// <summary>Where a job's finished files are.</summary>
    public static string FolderOf(string jobId) => $"generation/outputs/{jobId}/";

    /// <summary>Where a provider that answers with the files themselves leaves them.</summary>
    public static string InlineFolderOf(string jobId) => $"generation/inline/{jobId}/";

    public async Task<StoreOutcome> StoreAsync(
        IProvider provider,
        ProviderTask task,
        OutputSource source,
        int index,
        CancellationToken cancellation
    )
    {
        await _room.WaitAsync(cancellation);

        try
        {
            return await StoreOneAsync(provider, task, source, index, cancellation);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    /// <summary>Takes away what was stored for a job that somebody else ended without it.</summary>
    public async Task DeleteUnlessSucceededAsync(string jobId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);

        if (!await db.Jobs.AnyAsync(job => job.Id == jobId && job.State == JobState.Succeeded, cancellation))
            await DeleteAsync(jobId, cancellation);
    }

    public Task DeleteInlineAsync(string jobId, CancellationToken cancellation) =>
        files.DeleteTreeAsync(InlineFolderOf(jobId), cancellation);

    public async Task DeleteAsync(string jobId, CancellationToken cancellation)
    {
        await files.DeleteTreeAsync(FolderOf(jobId), cancellation);
        await DeleteInlineAsync(jobId, cancellation);
    }

    private async Task<StoreOutcome> StoreOneAsync(
        IProvider provider,
        ProviderTask task,
        OutputSource source,
        int index,
        CancellationToken cancellation
    )
    {
        using var scratch = files.CreateScratch("generation");
        var path = scratch.File("output");

        if (await FetchAsync(provider, task, source, path, cancellation) is { } failure)
            return failure;

        if (await MediaFormat.OfFileAsync(path, cancellation) is not { } format || format.Class != Wanted(task.Kind))
            return new StoreOutcome.Invalid("unknown_content");

        var probed = await LookAsync(path, format, cancellation);

        if (probed is not { Width: { } width, Height: { } height })
            return new StoreOutcome.Invalid("broken_content");

        if ((long)width * height > MaxPixels)
            return new StoreOutcome.Invalid("too_many_pixels");

        var posterKey =
            format.Class == MediaClass.Clip ? await MakePosterAsync(task.JobId, index, path, format, scratch, cancellation) : null;
        var key = $"{FolderOf(task.JobId)}{index}.{format.Extension}";
        var bytes = new FileInfo(path).Length;
        await files.ReplaceAsync(path, key, cancellation);

        return new StoreOutcome.Stored(new StoredMedia(key, format.ContentType, bytes, width, height, probed.Seconds, posterKey));
    }

    private async Task<StoreOutcome.NotReached?> FetchAsync(
        IProvider provider,
        ProviderTask task,
        OutputSource source,
        string path,
        CancellationToken cancellation
    )
    {
        switch (source.Place)
        {
            case OutputPlace.Stored:
                return await CopyAsync(source.Address, path, cancellation) ? null : new("inline_lost", IsGone: true);

            case OutputPlace.Vendor:
                return await provider.FetchAsync(task, source, path, cancellation) switch
                {
                    FetchOutcome.Done => null,
                    FetchOutcome.Gone => new("gone", IsGone: true),
                    _ => new("unavailable", IsGone: false),
                };

            default:
                return await DownloadAsync(source.Address, path, cancellation);
        }
    }

    private async Task<StoreOutcome.NotReached?> DownloadAsync(string url, string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.Create(path);
            var request = new OutboundRequest(url) { MaxBytes = MaxBytes, Timeout = Longest };

            return await http.DownloadAsync(request, file, cancellation) > 0 ? null : new("empty", IsGone: false);
        }
        catch (OutboundException failure)
        {
            // Expired links answer so; a new one may be had for the asking.
            return new(failure.Reason, IsGone: failure.Reason is "http_403" or "http_404" or "http_410");
        }
    }

    private async Task<bool> CopyAsync(string key, string path, CancellationToken cancellation)
    {
        if (await files.OpenAsync(key, cancellation) is not { } reader)
            return false;

        await using (reader)
            await reader.CopyToAsync(path, cancellation);

        return true;
    }

    private async Task<ProbedMedia?> LookAsync(string path, MediaFormat format, CancellationToken cancellation) =>
        format.Class == MediaClass.Picture
            ? PictureSize.OfFile(path) is { } size
                ? new ProbedMedia(size.Width, size.Height, null)
                : null
            : await tools.ProbeAsync(path, format.Demuxer, cancellation);

    private async Task<string?> MakePosterAsync(
        string jobId,
        int index,
        string path,
        MediaFormat format,
        ScratchFolder scratch,
        CancellationToken cancellation
    )
    {
        var poster = scratch.File("poster.jpg");

        if (!await tools.MakePosterAsync(path, format.Demuxer, poster, cancellation))
            return null;

        var key = $"{FolderOf(jobId)}{index}-poster.jpg";
        await files.ReplaceAsync(poster, key, cancellation);
        return key;
    }

    private static MediaClass Wanted(MediaKind kind) => kind == MediaKind.Image ? MediaClass.Picture : MediaClass.Clip;
}
