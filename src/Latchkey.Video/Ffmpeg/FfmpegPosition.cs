using System.Globalization;

namespace Latchkey.Video.Ffmpeg;

/// <summary>
/// How far ffmpeg is, by its <c>-progress</c> lines. Blocks of them arrive on time even when nothing moves: only a new frame, byte or moment counts.
/// </summary>
internal sealed class FfmpegPosition
{
    private static readonly string[] Keys = ["frame", "total_size", "out_time_us"];

    private readonly long[] _last = new long[Keys.Length];

    /// <summary>Where the output is; <c>null</c> before its first packet.</summary>
    public double? Seconds { get; private set; }

    public bool MovesOn(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? -1 : Array.IndexOf(Keys, line[..equals]);

        if (
            key < 0
            || !long.TryParse(line.AsSpan(equals + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            || value == _last[key]
        )
        {
            return false;
        }

        _last[key] = value;
        Seconds = key == Keys.Length - 1 ? value / 1e6 : Seconds;
        return true;
    }
}
