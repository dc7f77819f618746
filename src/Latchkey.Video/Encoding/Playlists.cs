using System.Globalization;
using System.Text;

namespace Latchkey.Video.Encoding;

/// <summary>
/// The playlists of a plan (RFC 8216). Every segment is listed from the start; who asks for one that is not made yet waits for it.
/// All URIs are relative: the master lists <c>{rendition}/manifest.m3u8</c>, that one lists <c>v{version}/init.mp4</c> and <c>v{version}/{n}.m4s</c>.
/// </summary>
internal static class Playlists
{
    private const string AudioGroup = "audio";

    /// <param name="failed">Renditions that were given up: they are left out.</param>
    /// <param name="decorate">What every URI passes through, such as to append a query for private playback.</param>
    public static string Master(EncodingPlan plan, IReadOnlyCollection<string> failed, Func<string, string>? decorate = null)
    {
        var text = Begin();
        var sounds = plan.AudioGroup().Where(audio => !failed.Contains(audio.Folder)).ToList();
        var sound = sounds.MaxBy(audio => audio.Bandwidth);

        foreach (var audio in sounds)
        {
            var language = audio.Language is null ? "" : $"LANGUAGE=\"{audio.Language}\",";
            var isDefault = audio == sounds[0] ? "YES" : "NO";

            text.Append(
                CultureInfo.InvariantCulture,
                $"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"{AudioGroup}\",NAME=\"{audio.Name}\",{language}DEFAULT={isDefault},AUTOSELECT=YES,CHANNELS=\"{audio.Channels}\",URI=\"{Decorate($"{audio.Folder}/manifest.m3u8", decorate)}\"\n"
            );
        }

        foreach (var video in plan.Video.Where(video => !failed.Contains(video.Name)))
        {
            var bandwidth = (long)video.Bandwidth + (sound?.Bandwidth ?? 0);
            var average = (long)video.AverageBandwidth + (sound?.Bandwidth ?? 0);
            var codecs = sound is null ? video.Codecs : $"{video.Codecs},{sound.Codecs}";

            text.Append(
                CultureInfo.InvariantCulture,
                $"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},AVERAGE-BANDWIDTH={Math.Min(average, bandwidth)},RESOLUTION={video.Width}x{video.Height},FRAME-RATE={video.FrameRate:0.000},CODECS=\"{codecs}\""
            );
            text.Append(sound is null ? "" : $",AUDIO=\"{AudioGroup}\"").Append('\n');
            text.Append(Decorate($"{video.Name}/manifest.m3u8", decorate)).Append('\n');
        }

        return text.ToString();
    }

    /// <param name="rendition">A video rendition's name, or the folder of an audio rendition; <c>null</c> comes back when the plan has none of that name.</param>
    public static string? Media(EncodingPlan plan, string rendition, Func<string, string>? decorate = null)
    {
        var audio = plan.FindAudio(rendition);

        if (audio is null && plan.Video.All(video => video.Name != rendition))
        {
            return null;
        }

        var folder = Folder(plan);
        var text = Begin();
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-TARGETDURATION:{TargetDuration(plan)}\n");
        text.Append("#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n");
        text.Append(CultureInfo.InvariantCulture, $"#EXT-X-MAP:URI=\"{Decorate($"{folder}/{MadeSegment.InitName}", decorate)}\"\n");

        for (var n = 0; n < plan.SegmentCount; n++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"#EXTINF:{(audio is null ? VideoSeconds(plan, n) : AudioSeconds(audio, n)):0.000000},\n"
            );
            text.Append(Decorate($"{folder}/{MadeSegment.NameOf(n)}", decorate)).Append('\n');
        }

        return text.Append("#EXT-X-ENDLIST\n").ToString();
    }

    /// <summary>The folder of a plan's segments within a rendition's: <c>v1</c>.</summary>
    public static string Folder(EncodingPlan plan) => string.Create(CultureInfo.InvariantCulture, $"v{plan.Version}");

    /// <summary>One for all of a video's playlists, as Apple's authoring rules want it.</summary>
    public static int TargetDuration(EncodingPlan plan)
    {
        double longest = 1;

        for (var n = 0; n < plan.SegmentCount; n++)
        {
            longest = Math.Max(longest, VideoSeconds(plan, n));
            longest = Math.Max(longest, plan.AudioGroup().Select(audio => AudioSeconds(audio, n)).DefaultIfEmpty().Max());
        }

        return (int)Math.Round(longest, MidpointRounding.AwayFromZero);
    }

    private static double VideoSeconds(EncodingPlan plan, int n) => (double)(plan.Boundaries[n + 1] - plan.Boundaries[n]) / plan.Timescale;

    private static double AudioSeconds(AudioRendition audio, int n) =>
        (double)(audio.FrameBoundaries[n + 1] - audio.FrameBoundaries[n]) * AudioRendition.SamplesPerFrame / audio.SampleRate;

    private static StringBuilder Begin() => new("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");

    private static string Decorate(string uri, Func<string, string>? decorate) => decorate is null ? uri : decorate(uri);
}
