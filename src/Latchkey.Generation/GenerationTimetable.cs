using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Publishing;
using Latchkey.Generation.References;
using Latchkey.Generation.Supabase;
using Latchkey.Platform.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Generation;

/// <summary>The module's recurring work.</summary>
internal static class GenerationTimetable
{
    public static IReadOnlyList<ScheduledWork> Works { get; } =
    [
        // It runs until it is cancelled; should it break, the sweep begins it anew.
        new("generation.due", TimeSpan.FromSeconds(1), (at, cancellation) => at.GetRequiredService<DueJobs>().WakeAsync(cancellation)),
        new(
            "generation.lanes",
            TimeSpan.FromSeconds(15),
            (at, cancellation) => at.GetRequiredService<DueJobs>().RecountAsync(cancellation)
        ),
        new(
            "generation.publish",
            TimeSpan.FromSeconds(2),
            (at, cancellation) => at.GetRequiredService<VideoPublishing>().RunAsync(cancellation)
        ),
        new(
            "generation.previews",
            TimeSpan.FromSeconds(1),
            (at, cancellation) => at.GetRequiredService<PreviewMaking>().RunAsync(cancellation)
        ),
        new(
            "generation.uploads",
            TimeSpan.FromHours(1),
            (at, cancellation) => at.GetRequiredService<UploadStore>().DeleteOldAsync(cancellation)
        ),
        new(
            "generation.supabase",
            TimeSpan.FromSeconds(1),
            (at, cancellation) => at.GetRequiredService<SupabaseMirror>().WakeDueAsync(cancellation)
        ),
        new(
            "generation.catalogue",
            TimeSpan.FromSeconds(2),
            (at, _) =>
            {
                at.GetRequiredService<ModelCatalogue>().Reload();
                return Task.CompletedTask;
            }
        ),
    ];
}
