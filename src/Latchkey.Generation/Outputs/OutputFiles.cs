using Latchkey.Generation.Data;
using Latchkey.Generation.Supabase;
using Latchkey.Platform.Files;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Outputs;

/// <summary>Opens finished files wherever they are: here, or in Supabase's storage once they were carried over.</summary>
internal sealed class OutputFiles(IFileStore files, SupabaseStorage storage, IDbContextFactory<GenerationDb> databases)
{
    /// <returns><c>null</c> when it is not there, or its storage does not answer.</returns>
    public ValueTask<IStoredFileReader?> OpenAsync(GenerationOutput output, CancellationToken cancellation) =>
        OpenAsync(output, row => (row.StoragePath, row.FileKey), cancellation);

    /// <returns><c>null</c> when there is none, or its storage does not answer.</returns>
    public ValueTask<IStoredFileReader?> OpenPosterAsync(GenerationOutput output, CancellationToken cancellation) =>
        OpenAsync(output, row => (row.PosterPath, row.PosterKey), cancellation);

    /// <returns><c>null</c> when there is none, or its storage does not answer.</returns>
    public ValueTask<IStoredFileReader?> OpenPreviewAsync(GenerationOutput output, CancellationToken cancellation) =>
        OpenAsync(output, row => (row.PreviewPath, row.PreviewKey), cancellation);

    private async ValueTask<IStoredFileReader?> OpenAsync(
        GenerationOutput output,
        Func<GenerationOutput, (string? Path, string? Key)> place,
        CancellationToken cancellation
    )
    {
        var (path, key) = place(output);

        if (path is null && key is not null && await files.OpenAsync(key, cancellation) is { } reader)
            return reader;

        path ??= await PathSinceAsync(output, place, cancellation);
        return path is null ? null : await storage.OpenAsync(path, cancellation);
    }

    /// <summary>It may have been carried over since its row was read.</summary>
    private async Task<string?> PathSinceAsync(
        GenerationOutput output,
        Func<GenerationOutput, (string? Path, string? Key)> place,
        CancellationToken cancellation
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db
            .Outputs.AsNoTracking()
            .FirstOrDefaultAsync(its => its.JobId == output.JobId && its.Index == output.Index, cancellation);

        return row is null ? null : place(row).Path;
    }
}
