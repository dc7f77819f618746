using Latchkey.Generation.Data;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Generation.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>The clip that an order continues: it must be the owner's, and lie where it can be continued.</summary>
internal sealed class ExtendedSource(IDbContextFactory<GenerationDb> databases)
{
    /// <returns>What is wrong; <c>null</c> when the order now names its source, or needs none.</returns>
    public async Task<GenerationProblem?> FindAsync(Owner owner, OrderBody body, CheckedOrder order, CancellationToken cancellation)
    {
        if (order.Mode != GenerationModes.Extend)
            return null;

        if (body.Text("sourceGenerationId", "taskId") is not { } id)
            return GenerationProblem.Bad("sourceGenerationId or taskId is required");

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var group = await db.FindOwnGroupAsync(owner.Id, id, cancellation);
        var source = group.Find(job => job.Id == id || job.TaskId == id);

        if (source is null)
            return new GenerationProblem(StatusCodes.Status404NotFound, "Source generation not found");

        if (source is not { State: JobState.Succeeded, Provider: ProviderNames.Kie, Protocol: "veo" or "veo_extend", TaskId: not null })
            return GenerationProblem.Bad("This generation cannot be extended");

        order.Values[OrderFields.SourceTask] = source.TaskId;
        order.Values[OrderFields.SourceKey] = source.KeyId;
        return null;
    }
}
