using Latchkey.Platform.ApiDocuments;
using Latchkey.Platform.Data;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Latchkey.Video.Videos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Tags;

internal static class TagEndpoints
{
    public static void MapTags(this RouteGroupBuilder api)
    {
        api.MapGet("/tags", ListTags)
            .WithTags("Tags")
            .WithSummary("List the tags in use, with how many videos have them")
            .TakesQuery(new RouteParameter("value", "Part of the tag."))
            .ListsPages<TagResponse>("value", "videoCount");
    }

    private static async Task<JsonHttpResult<PageResponse<TagResponse>>> ListTags(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        CancellationToken cancellation
    )
    {
        var query = new QueryReader(request.Query);
        var part = query.Text("value");
        var by = query.Word("sortBy", "value", "videoCount");
        var order = query.Word("sortOrder", "asc", "desc");
        var page = query.Page("/tags");
        query.ThrowIfInvalid();

        var used = db.Tags.Where(tag => db.VideosOf(caller.Environment).Any(video => video.Id == tag.VideoId));

        if (part is not null)
        {
            var folded = Text.Fold(part);
            used = used.Where(tag => tag.ValueFolded.Contains(folded));
        }

        var counted = used.GroupBy(tag => tag.Value).Select(group => new TagCount { Value = group.Key, VideoCount = group.Count() });

        var sorted = (by, order == "desc") switch
        {
            ("videoCount", false) => counted.OrderBy(tag => tag.VideoCount).ThenBy(tag => tag.Value),
            ("videoCount", true) => counted.OrderByDescending(tag => tag.VideoCount).ThenBy(tag => tag.Value),
            (_, false) => counted.OrderBy(tag => tag.Value),
            (_, true) => counted.OrderByDescending(tag => tag.Value),
        };

        return ApiJson.Ok(await page.OfAsync(sorted, tag => new TagResponse(tag.Value, tag.VideoCount), cancellation));
    }

    private sealed class TagCount
    {
        public required string Value { get; init; }

        public required int VideoCount { get; init; }
    }
}

internal sealed record TagResponse(string Value, int VideoCount);
