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

        return file is null ? null : System.Text.Encoding.UTF8.GetString(await file.ReadAllAsync(cancellation));
    }
}
