using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding;

/// <summary>Plans that a newer one took the place of. Each lies beside its segments, and goes with them.</summary>
internal sealed class OldPlans(IFileStore files)
{
    public async Task KeepAsync(string videoId, int version, string plan, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("plan");
        var path = scratch.File("plan.json");

        await File.WriteAllTextAsync(path, plan, cancellation);
        await files.PublishAsync(path, VideoFiles.OldPlan(videoId, version), cancellation);
    }

    /// <returns><c>null</c> when it is gone.</returns>
    public async Task<string?> ReadAsync(string videoId, int version, CancellationToken cancellation)
    {
        await using var file = await files.OpenAsync(VideoFiles.OldPlan(videoId, version), cancellation);

        if (file is null)
        {
            return null;
        }

        var bytes = new byte[file.File.Length];

        for (var at = 0; at < bytes.Length; )
        {
            var read = await file.ReadAsync(at, bytes.AsMemory(at), cancellation);
            at += read > 0 ? read : throw new EndOfStreamException("A plan ended early.");
        }

        return System.Text.Encoding.UTF8.GetString(bytes);
    }
}
