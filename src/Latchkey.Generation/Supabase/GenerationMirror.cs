using Latchkey.Generation.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// A row of <c>generation_mirrors</c>: how much Supabase knows of a generation. A change of the generation counts <see cref="Revision"/> up in
/// its own transaction, so that none is forgotten, whenever the process dies.
/// </summary>
internal sealed class GenerationMirror
{
    private GenerationMirror() { }

    /// <summary>The id of the generation's first job.</summary>
    public string GroupId { get; private set; } = "";

    public long Revision { get; private set; }

    /// <summary>The last revision that Supabase has confirmed.</summary>
    public long Told { get; private set; }

    /// <summary>When something is to be carried over; <c>null</c> while Supabase has everything.</summary>
    public DateTimeOffset? DueAt { get; private set; }

    /// <summary>Since Supabase last took something.</summary>
    public int Attempts { get; private set; }

    public static GenerationMirror Create(string groupId, DateTimeOffset now) =>
        new()
        {
            GroupId = groupId,
            Revision = 1,
            DueAt = now,
        };

    /// <summary>In the transaction of a change that Supabase is to see.</summary>
    /// <returns>Whether this generation is mirrored at all.</returns>
    public static async Task<bool> NoteAsync(GenerationDb db, string groupId, DateTimeOffset now, CancellationToken cancellation) =>
        await db
            .Mirrors.Where(mirror => mirror.GroupId == groupId)
            .ExecuteUpdateAsync(
                mirror => mirror.SetProperty(row => row.Revision, row => row.Revision + 1).SetProperty(row => row.DueAt, now),
                cancellation
            ) > 0;
}
