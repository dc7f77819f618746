using Latchkey.Platform.Access;
using Latchkey.Platform.Data;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Videos;

internal static class VideoQueries
{
    /// <summary>The videos that a caller sees: of its environment, and not deleted.</summary>
    public static IQueryable<VideoObject> VideosOf(this VideoDb db, KeyEnvironment environment) =>
        db.Videos.Where(video => video.Environment == environment && video.DiscardedAt == null);

    public static IQueryable<VideoObject> WithDetails(this IQueryable<VideoObject> videos) =>
        videos.Include(video => video.Tags).Include(video => video.Metadata).AsSplitQuery();

    /// <exception cref="ProblemException">There is no such video for this caller.</exception>
    public static async Task<VideoObject> FindVideoAsync(
        this VideoDb db,
        KeyEnvironment environment,
        string videoId,
        CancellationToken cancellation
    ) =>
        await db.VideosOf(environment).WithDetails().SingleOrDefaultAsync(video => video.Id == videoId, cancellation)
        ?? throw new ProblemException(Problems.ResourceNotFound("videoId"));

    /// <summary>The filters and orders of <c>GET /videos</c>.</summary>
    public static IQueryable<VideoObject> Filtered(this IQueryable<VideoObject> videos, QueryReader query)
    {
        if (query.Text("title") is { } title)
        {
            var folded = Text.Fold(title);
            videos = videos.Where(video => video.TitleFolded.Contains(folded));
        }

        if (query.Text("description") is { } description)
        {
            var folded = Text.Fold(description);
            videos = videos.Where(video => video.DescriptionFolded.Contains(folded));
        }

        if (query.Text("liveStreamId") is { } liveStreamId)
            videos = videos.Where(video => video.LiveStreamId == liveStreamId);

        foreach (var value in query.Texts("tags"))
            videos = videos.Where(video => video.Tags.Any(tag => tag.Value == value));

        foreach (var (key, value) in query.Pairs("metadata"))
            videos = videos.Where(video => video.Metadata.Any(entry => entry.Key == key && entry.Value == value));

        return videos.Sorted(query);
    }

    private static IOrderedQueryable<VideoObject> Sorted(this IQueryable<VideoObject> videos, QueryReader query)
    {
        var by = query.Word("sortBy", "title", "createdAt", "publishedAt", "updatedAt");
        var order = query.Word("sortOrder", "asc", "desc");

        // Newest first, unless something else is asked for.
        var down = order is null ? by is null : order == "desc";

        return (by, down) switch
        {
            ("title", false) => videos.OrderBy(video => video.TitleFolded).ThenBy(video => video.Id),
            ("title", true) => videos.OrderByDescending(video => video.TitleFolded).ThenByDescending(video => video.Id),
            ("publishedAt", false) => videos.OrderBy(video => video.PublishedAt).ThenBy(video => video.Id),
            ("publishedAt", true) => videos.OrderByDescending(video => video.PublishedAt).ThenByDescending(video => video.Id),
            ("updatedAt", false) => videos.OrderBy(video => video.UpdatedAt).ThenBy(video => video.Id),
            ("updatedAt", true) => videos.OrderByDescending(video => video.UpdatedAt).ThenByDescending(video => video.Id),
            (_, false) => videos.OrderBy(video => video.CreatedAt).ThenBy(video => video.Id),
            (_, true) => videos.OrderByDescending(video => video.CreatedAt).ThenByDescending(video => video.Id),
        };
    }
}
