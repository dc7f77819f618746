using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding.Early;

/// <summary>
/// Where early segments wait, beside the plan that they were made by: apart from the video's own until the whole source has shown that the
/// plan is right.
/// </summary>
internal sealed class EarlyFiles(IFileStore files)
{
    private const string PlanName = "plan.json";

    public async Task BeginAsync(EarlySource source, EncodingPlan plan, CancellationToken cancellation)
    {
        using var scratch = files.CreateScratch("early");
        var path = scratch.File(PlanName);
        await File.WriteAllTextAsync(path, EncodingPlanJson.Write(plan), cancellation);
        await files.ReplaceAsync(path, VideoFiles.Early(source.VideoId, source.SourceKey) + PlanName, cancellation);
    }

    public async ValueTask KeepAsync(EarlySource source, MadeSegment made, EarlyUpload upload)
    {
        if (made.Number is null)
        {
            upload.KnowInit(made.Rendition, await File.ReadAllBytesAsync(made.Path, upload.Stopping));
        }

        var key = $"{VideoFiles.Early(source.VideoId, source.SourceKey)}{made.Rendition}/{made.FileName}";
        await files.PublishAsync(made.Path, key, upload.Stopping);
    }

    /// <summary>Makes those early segments of a source the video's own that this plan would have made the same; in any case none wait afterwards.</summary>
    public async Task SettleAsync(string videoId, string sourceKey, EncodingPlan plan)
    {
        var prefix = VideoFiles.Early(videoId, sourceKey);

        if (await ReadPlanAsync(prefix) is not { } early)
        {
            return;
        }

        var own = VideoFiles.Plan(videoId, plan.Version);

        await foreach (var key in files.ListAsync(prefix, CancellationToken.None))
        {
            if (!key.EndsWith(PlanName, StringComparison.Ordinal) && IsOf(plan, early, key, prefix))
            {
                await files.MoveAsync(key, own + key[prefix.Length..], CancellationToken.None);
            }
        }

        await files.DeleteTreeAsync(VideoFiles.AllEarly(videoId), CancellationToken.None);
    }

    private async Task<EncodingPlan?> ReadPlanAsync(string prefix)
    {
        await using var reader = await files.OpenAsync(prefix + PlanName, CancellationToken.None);

        return reader is null
            ? null
            : EncodingPlanJson.Read(System.Text.Encoding.UTF8.GetString(await reader.ReadAllAsync(CancellationToken.None)));
    }

    private static bool IsOf(EncodingPlan plan, EncodingPlan early, string key, string prefix) =>
        VideoFiles.ReadSegment(key, prefix) is { } segment
            ? PlanAgreement.OnSegment(early, plan, segment.Rendition, segment.Segment)
            : PlanAgreement.OnRendition(early, plan, key[prefix.Length..].Split('/')[0]);
}
