using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Usage;

internal static class UsageCount
{
    /// <summary>Counts a job that ends, in the transaction in which it ends.</summary>
    public static Task<int> AddAsync(GenerationDb db, GenerationJob job, DateTimeOffset now, CancellationToken cancellation)
    {
        var day = UsageDay.Of(now);
        var succeeded = job.State == JobState.Succeeded;
        var (good, bad, cancelled) = (succeeded ? 1 : 0, job.State == JobState.Failed ? 1 : 0, job.State == JobState.Cancelled ? 1 : 0);
        var (credits, milliseconds) = succeeded ? (job.Cost, (long)(now - job.CreatedAt).TotalMilliseconds) : (0, 0);

        return db.Database.ExecuteSqlInterpolatedAsync(
            $"""
            INSERT INTO "generation_usage"
              ("Day", "OwnerId", "ModelId", "Provider", "Succeeded", "Failed", "Cancelled", "Credits", "Milliseconds")
            VALUES ({day}, {job.OwnerId}, {job.ModelId}, {job.Provider}, {good}, {bad}, {cancelled}, {credits}, {milliseconds})
            ON CONFLICT ("Day", "OwnerId", "ModelId", "Provider") DO UPDATE SET
              "Succeeded" = "generation_usage"."Succeeded" + excluded."Succeeded",
              "Failed" = "generation_usage"."Failed" + excluded."Failed",
              "Cancelled" = "generation_usage"."Cancelled" + excluded."Cancelled",
              "Credits" = "generation_usage"."Credits" + excluded."Credits",
              "Milliseconds" = "generation_usage"."Milliseconds" + excluded."Milliseconds"
            """,
            cancellation
        );
    }
}
