using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.References;

/// <summary>Addresses at which vendors fetch the references of a task, when this server has a public one.</summary>
internal sealed class ReferenceLinks(LatchkeySettings settings, MediaLinks links)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public string? PublicLinkTo(StoredReference reference) =>
        settings[PlatformSettings.PublicUrl] is { } address && !new Uri(address).IsLoopback
            ? links.Sign(address.TrimEnd('/'), PathOf(reference.FileKey), Lifetime)
            : null;

    /// <param name="fileKey">Such as <c>generation/references/job_…/0.png</c>.</param>
    public static string PathOf(string fileKey) => "/api/generations/references/" + fileKey[ReferenceStore.Prefix.Length..];
}
