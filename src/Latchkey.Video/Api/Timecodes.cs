using System.Globalization;
using System.Text.RegularExpressions;

namespace Latchkey.Video.Api;

/// <summary>Moments of a video as clients write them: <c>hh:mm:ss</c>, <c>hh:mm:ss.ms</c>, <c>hh:mm:ss:frame</c>, or whole seconds.</summary>
internal static partial class Timecodes
{
    public const string Format = "It must be \"hh:mm:ss\", \"hh:mm:ss.ms\", \"hh:mm:ss:frame\" or a whole number of seconds.";

    // A timecode with frames is written before anybody knows the frame rate.
    private const double AssumedFrameRate = 25;

    public static bool TryRead(string text, out double seconds)
    {
        seconds = 0;
        var match = Timecode().Match(text);

        if (!match.Success)
            return false;

        if (match.Groups["whole"].Success)
        {
            seconds = Number(match.Groups["whole"].Value);
            return true;
        }

        seconds = Number(match.Groups["h"].Value) * 3600 + Number(match.Groups["m"].Value) * 60 + Number(match.Groups["s"].Value);

        if (match.Groups["fraction"].Success)
            seconds += Number("0." + match.Groups["fraction"].Value);
        if (match.Groups["frame"].Success)
            seconds += Number(match.Groups["frame"].Value) / AssumedFrameRate;

        return true;
    }

    private static double Number(string digits) => double.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?:(?<h>[0-9]{1,3}):(?<m>[0-5]?[0-9]):(?<s>[0-5]?[0-9])(?:\.(?<fraction>[0-9]{1,6})|:(?<frame>[0-9]{1,3}))?|(?<whole>[0-9]{1,7}))\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Timecode();
}
