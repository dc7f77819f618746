using System.Globalization;
using System.Text.RegularExpressions;
using Latchkey.Video.Api;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Uploads;

/// <summary>Which piece of a source a request brings: <c>part 2/5</c>, <c>part 2/*</c>, or <c>bytes 0-5242879/99999999</c>.</summary>
/// <param name="Number">The part, or the first byte.</param>
/// <param name="Last">The last byte of a byte range, itself included; 0 for parts.</param>
/// <param name="Total">Of parts or bytes; <c>null</c> while it is not known.</param>
internal sealed partial record ContentRange(SourceMode Mode, long Number, long Last, long? Total)
{
    /// <summary>Of a byte range.</summary>
    public long Length => Last - Number + 1;

    /// <summary>Whether it is known to be the last piece, which alone may be small.</summary>
    public bool IsLast => Total == (Mode == SourceMode.Parts ? Number : Last + 1);

    /// <summary>The header of a request; <c>null</c> when there is none, so that the body is the whole source.</summary>
    /// <exception cref="ProblemException">It is malformed.</exception>
    public static ContentRange? Read(HttpRequest request)
    {
        if (request.Headers.ContentRange is not { Count: > 0 } header)
            return null;

        var match = Syntax().Match(header.ToString().Trim());

        if (!match.Success)
            throw new ProblemException(Problems.RangeMalformed());

        long? total = match.Groups["total"].Value is "*" ? null : Number64(match.Groups["total"].Value);

        return match.Groups["part"].Success
            ? new ContentRange(SourceMode.Parts, Number64(match.Groups["part"].Value), 0, total)
            : new ContentRange(SourceMode.Bytes, Number64(match.Groups["from"].Value), Number64(match.Groups["to"].Value), total);
    }

    // A number that is too large for us is too large for every limit; which one, the rules say.
    private static long Number64(string digits) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue - 1;

    [GeneratedRegex(
        @"^(?:bytes (?<from>[0-9]+)-(?<to>[0-9]+)|part (?<part>[0-9]+))/(?<total>[0-9]+|\*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Syntax();
}
