using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Platform.Web;

/// <summary>The conditions of a request for a file, in the order of RFC 9110 §13.2.2.</summary>
internal readonly struct FileConditions
{
    /// <summary>The caller wants another version: 412.</summary>
    public bool Fail { get; }

    /// <summary>The caller has this version: 304.</summary>
    public bool IsUnchanged { get; }

    /// <summary>The caller's other pieces are of this version, so that the range may be served.</summary>
    public bool RangeCounts { get; }

    public FileConditions(HttpRequest request, string etag, DateTimeOffset changed)
    {
        var asked = request.Headers;

        RangeCounts =
            asked.IfRange.Count == 0 || asked.IfRange.ToString() is var condition && (condition == etag || IsDate(condition, changed));

        if (asked.IfMatch.Count > 0)
            Fail = !Lists(asked.IfMatch, etag, weakly: false);
        else if (HeaderUtilities.TryParseDate(asked.IfUnmodifiedSince.ToString(), out var unmodifiedSince))
            Fail = changed > unmodifiedSince;

        if (asked.IfNoneMatch.Count > 0)
            IsUnchanged = Lists(asked.IfNoneMatch, etag, weakly: true);
        else if (HeaderUtilities.TryParseDate(asked.IfModifiedSince.ToString(), out var modifiedSince))
            IsUnchanged = changed <= modifiedSince;
    }

    private static bool IsDate(string condition, DateTimeOffset changed) =>
        HeaderUtilities.TryParseDate(condition, out var date) && date == changed;

    private static bool Lists(StringValues header, string etag, bool weakly) =>
        EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || (tag.Tag == etag && (weakly || !tag.IsWeak)));
}
