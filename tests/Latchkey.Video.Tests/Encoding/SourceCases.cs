using static Latchkey.Video.Tests.Encoding.SourceCase;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>The kinds of sources that must become playable.</summary>
internal static class SourceCases
{
    private const string X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";
    private const string X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=50";
    private const string Aac = "-c:a aac";

    private const string ToPq =
        "-vf format=gbrpf32le,zscale=tin=bt709:pin=bt709:min=gbr:t=smpte2084:p=bt2020:m=bt2020nc:r=tv:npl=203,format=yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc";

    private const string ToHlg =
        "-vf format=gbrpf32le,zscale=tin=bt709:pin=bt709:min=gbr:t=arib-std-b67:p=bt2020:m=bt2020nc:r=tv:npl=203,format=yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc";

    public static readonly IReadOnlyList<SourceCase> All = [.. Shapes(), .. Rates(), .. Sounds(), .. Pictures(), .. Times(), .. Codecs()];

    private static IEnumerable<SourceCase> Shapes()
    {
        yield return new("portrait.mp4", $"{Picture("240x426")} {Sine()} {X264} {Aac} @portrait.mp4")
        {
            Size = (240, 426),
            Copied = "240p",
        };

        foreach (var (turned, white) in new[] { (90, 2), (180, 3), (270, 1) })
        {
            yield return new(
                $"rotated{turned}.mp4",
                $"{Picture()} {Sine()} {X264} {Aac} @lying.mp4",
                $"-i @lying.mp4 -c copy -metadata:s:v rotate={turned} @rotated{turned}.mp4"
            )
            {
                Size = turned == 180 ? (320, 180) : (180, 320),
                White = white,
            };
        }

        yield return new(
            "rotated-hevc.mov",
            $"{Picture()} {Sine()} {X265} -tag:v hvc1 {Aac} @lying.mov",
            "-i @lying.mov -c copy -metadata:s:v rotate=90 @rotated-hevc.mov"
        )
        {
            Size = (180, 320),
            White = 2,
        };
        yield return new("odd.webm", $"{Picture("321x181")} {Sine()} -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus @odd.webm")
        {
            Size = (320, 180),
        };
        yield return new("odd.avi", $"{Picture("321x181")} {Sine()} -c:v mjpeg -pix_fmt yuvj444p -q:v 5 -c:a pcm_s16le @odd.avi")
        {
            Size = (320, 180),
        };
        yield return new("tiny.mkv", $"{Picture("33x17")} {Sine()} -c:v ffv1 -c:a flac @tiny.mkv") { Size = (32, 16) };
        yield return new("wide.mkv", $"{Picture("1000x40")} {Sine()} -c:v ffv1 -c:a flac @wide.mkv") { Size = (1000, 40) };
        yield return new("anamorphic.mp4", $"{Picture("320x240")} {Sine()} -vf setsar=4/3 {X264} {Aac} @anamorphic.mp4")
        {
            Size = (427, 240),
            Copied = "240p",
        };
        yield return new(
            "anamorphic.ts",
            $"{Picture("352x288", seconds: 3)} {Sine(seconds: 3)} -aspect 16:9 -c:v mpeg2video -b:v 1M -c:a mp2 @anamorphic.ts"
        )
        {
            Size = (512, 288),
            Seconds = 3,
            Sound = (0, 3),
        };
        yield return new(
            "anamorphic-turned.mp4",
            $"{Picture("320x240")} {Sine()} -vf setsar=4/3 {X264} {Aac} @lying.mp4",
            "-i @lying.mp4 -c copy -metadata:s:v rotate=90 @anamorphic-turned.mp4"
        )
        {
            Size = (240, 427),
            White = 2,
        };
        yield return new("ladder.mp4", $"{Picture("1280x720", seconds: 3)} {Sine(seconds: 3)} {X264} {Aac} @ladder.mp4")
        {
            Size = (1280, 720),
            Seconds = 3,
            Sound = (0, 3),
            Copied = "720p",
        };
    }

    private static IEnumerable<SourceCase> Rates()
    {
        foreach (
            var (name, rate, value) in new[]
            {
                ("film.mp4", "24000/1001", 24000 / 1001.0),
                ("film.mkv", "24000/1001", 24000 / 1001.0),
                ("ntsc.mp4", "30000/1001", 30000 / 1001.0),
                ("ntsc.ts", "30000/1001", 30000 / 1001.0),
                ("fifty.mkv", "50", 50),
                ("fifty.ts", "50", 50),
                ("ntsc-double.mp4", "60000/1001", 60000 / 1001.0),
                ("slow.mp4", "5", 5),
                ("fast.mkv", "120", 120),
                ("fast.webm", "120", 120),
                ("ninety.mkv", "90", 90),
            }
        )
        {
            var codecs = name.EndsWith("webm", StringComparison.Ordinal)
                ? "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus"
                : $"{X264} -g {(value < 10 ? 10 : 50)} {Aac}";
            yield return new(name, $"{Picture(rate: rate)} {Sine()} {codecs} @{name}")
            {
                Rate = value,
                Copied = name.EndsWith("mp4", StringComparison.Ordinal) || name.EndsWith("mkv", StringComparison.Ordinal) ? "240p" : null,
            };
        }

        yield return new("fast.mp4", $"{Picture("640x360", "120")} {Sine()} {X264} -g 75 {Aac} @fast.mp4")
        {
            Size = (640, 360),
            Rate = 120,
            Copied = "360p",
        };

        foreach (var name in new[] { "variable.mp4", "variable.mkv" })
        {
            yield return new(
                name,
                $"{Picture(rate: "30")} {Sine()} -vf select='not(mod(n\\,7))+lt(mod(n\\,50)\\,20)' -fps_mode vfr {X264} -bf 3 -g 20 {Aac} @{name}"
            )
            {
                Rate = 30,
                Seconds = 4,
                Sound = (0, 4),
                Copied = "240p",
                Frames = Enumerable.Range(0, 126).Count(n => n % 7 == 0 || n % 50 < 20),
            };
        }

        yield return new(
            "top.ts",
            $"{Picture(rate: "50")} {Sine()} -vf tinterlace=interleave_top -c:v mpeg2video -b:v 2M -bf 2 -flags +ilme+ildct -top 1 -c:a mp2 @top.ts"
        )
        {
            IsInterlaced = true,
        };
        yield return new(
            "bottom.mkv",
            $"{Picture(rate: "50")} {Sine()} -vf tinterlace=interleave_bottom -c:v mpeg2video -b:v 2M -flags +ilme+ildct -top 0 -c:a mp2 @bottom.mkv"
        )
        {
            IsInterlaced = true,
        };
        yield return new(
            "interlaced.mp4",
            $"{Picture(rate: "50")} {Sine()} -vf tinterlace=interleave_top {X264} -x264-params tff=1 {Aac} @interlaced.mp4"
        )
        {
            IsInterlaced = true,
        };
        yield return new(
            "interlaced.dv",
            $"{Picture("720x576", "50", 2)} {Sine(seconds: 2)} -vf tinterlace=interleave_bottom,setsar=16/15 -pix_fmt yuv420p -target pal-dv @interlaced.dv"
        )
        {
            Size = (768, 576),
            Seconds = 2,
            Sound = (0, 2),
            IsInterlaced = true,
        };
    }

    private static IEnumerable<SourceCase> Sounds()
    {
        yield return new("silent.mp4", $"{Picture()} {X264} @silent.mp4") { Sound = null, Copied = "240p" };
        yield return new("silent.webm", $"{Picture()} -c:v libvpx -deadline realtime @silent.webm") { Sound = null };

        foreach (var name in new[] { "tracks.mkv", "tracks.mp4" })
        {
            yield return new(
                name,
                $"{Picture()} {Sine(tone: 440)} {Sine(tone: 880)} {Sine(tone: 1760)} -map 0 -map 1 -map 2 -map 3 {X264} {Aac} -disposition:a 0 -disposition:a:1 default @{name}"
            )
            {
                Tone = 880,
                Copied = "240p",
            };
        }

        yield return new("mono.mp4", $"{Picture()} {Sine(44100)} {X264} {Aac} -ac 1 @mono.mp4") { Copied = "240p" };
        yield return new("surround.mp4", $"{Picture()} {Sine()} {X264} {Aac} -ac 6 @surround.mp4") { Copied = "240p" };
        yield return new("surround.mkv", $"{Picture()} {Sine()} {X264} -c:a ac3 -ac 6 @surround.mkv") { Copied = "240p" };
        yield return new("8khz.mov", $"{Picture()} {Sine(8000)} {X264} -c:a pcm_mulaw @8khz.mov");
        yield return new("8khz.mp4", $"{Picture()} {Sine(8000)} {X264} {Aac} @8khz.mp4") { Copied = "240p" };
        yield return new("96khz.mkv", $"{Picture()} {Sine(96000)} {X264} -c:a flac @96khz.mkv") { Copied = "240p" };
        yield return new("96khz.mp4", $"{Picture()} {Sine(96000)} {X264} {Aac} @96khz.mp4") { Copied = "240p" };
        yield return new("shorter.mp4", $"{Picture()} {Sine(seconds: 2)} {X264} {Aac} @shorter.mp4") { Sound = (0, 2), Copied = "240p" };
        yield return new("shorter.mkv", $"{Picture()} {Sine(seconds: 2)} {X264} -c:a libopus @shorter.mkv")
        {
            Sound = (0, 2),
            Copied = "240p",
        };
        yield return new("longer.mp4", $"{Picture()} {Sine(seconds: 7)} {X264} {Aac} @longer.mp4") { Copied = "240p" };
        yield return new("longer.webm", $"{Picture()} {Sine(seconds: 7)} -c:v libvpx -deadline realtime -c:a libopus @longer.webm");

        foreach (var name in new[] { "later.mp4", "later.mkv", "later.ts" })
        {
            yield return new(
                name,
                $"{Picture()} {Sine(seconds: 3)} {X264} {Aac} @both.mkv",
                $"-i @both.mkv -itsoffset 1.5 -i @both.mkv -map 0:v -map 1:a -c copy @{name}"
            )
            {
                Sound = (1.5, UsualSeconds),
                Copied = name == "later.ts" ? null : "240p",
            };
        }

        yield return new("hole.mkv", $"{Picture()} {Sine()} {X264} -c:a libopus -af aselect='not(between(t\\,1.5\\,2.5))' @hole.mkv")
        {
            Copied = "240p",
        };
    }

    private static IEnumerable<SourceCase> Pictures()
    {
        yield return new("422.mov", $"{Picture()} {Sine()} -c:v libx264 -preset ultrafast -pix_fmt yuv422p10le {Aac} @422.mov");
        yield return new("444.mp4", $"{Picture()} {Sine()} -c:v libx264 -preset ultrafast -pix_fmt yuv444p {Aac} @444.mp4");
        yield return new("prores.mov", $"{Picture()} {Sine()} -c:v prores_ks -profile:v 2 -c:a pcm_s24le @prores.mov");
        yield return new("alpha.mov", $"{Picture()} {Sine()} -c:v prores_ks -profile:v 4 -pix_fmt yuva444p10le -c:a pcm_s16le @alpha.mov");
        yield return new("rgb.mkv", $"{Picture()} {Sine()} -c:v ffv1 -pix_fmt bgr0 -c:a flac @rgb.mkv");
        yield return new("grey.mkv", $"{Picture()} {Sine()} -c:v ffv1 -pix_fmt gray -c:a flac @grey.mkv");
        yield return new("pq.mp4", $"{Picture()} {Sine()} {ToPq} {X265} -tag:v hvc1 {Aac} @pq.mp4");
        yield return new("hlg.mkv", $"{Picture()} {Sine()} {ToHlg} {X265} -c:a libopus @hlg.mkv");
        yield return new(
            "hlg.webm",
            $"{Picture()} {Sine()} {ToHlg} -c:v libvpx-vp9 -profile:v 2 -deadline realtime -cpu-used 8 -c:a libopus @hlg.webm"
        );
    }

    private static IEnumerable<SourceCase> Times()
    {
        yield return new("plain.ts", $"{Picture()} {Sine()} {X264} -bf 2 {Aac} @plain.ts");

        // 33 bits of 90 kHz end after 95,443.7 s.
        yield return new(
            "wraps.ts",
            $"{Picture()} {Sine()} {X264} -bf 2 {Aac} @plain.ts",
            "-i @plain.ts -c copy -muxdelay 0 -output_ts_offset 95441.5 @wraps.ts"
        );
        yield return new(
            "restarts.ts",
            $"{Picture(seconds: 2)} {Sine(seconds: 2)} {X264} -bf 2 {Aac} @part.ts",
            "-f data -i concat:@part.ts|@part.ts -map 0 -c copy -f data @restarts.ts"
        )
        {
            Seconds = 4,
            Sound = (0, 4),
            FramesOff = 3,
        };
        yield return new(
            "jumps.ts",
            $"{Picture(seconds: 2)} {Sine(seconds: 2)} {X264} -bf 2 {Aac} @part.ts",
            "-i @part.ts -c copy -output_ts_offset 20000 @late.ts",
            "-f data -i concat:@part.ts|@late.ts -map 0 -c copy -f data @jumps.ts"
        )
        {
            Seconds = 4,
            Sound = (0, 4),
            FramesOff = 3,
        };
        yield return new("late.mp4", $"{Picture()} {Sine()} {X264} {Aac} @plain.mp4", "-i @plain.mp4 -c copy -output_ts_offset 3 @late.mp4")
        {
            Copied = "240p",
        };
        yield return new(
            "trimmed.mp4",
            $"{Picture(seconds: 5.5)} {Sine(seconds: 5.5)} {X264} -bf 2 {Aac} @plain.mp4",
            "-ss 1.3 -i @plain.mp4 -c copy @trimmed.mp4"
        )
        {
            // ffmpeg keeps from the keyframe on, and hides until the asked time by the edit list: 1.32 is the first frame not before it.
            FramesOff = 1,
        };
        yield return new(
            "unsorted.mkv",
            $"{Picture()} {Sine()} {X264} {Aac} @plain.mkv",
            "-i @plain.mkv -c copy -bsf:v setts=ts=if(eq(mod(N\\,10)\\,7)\\,TS-90\\,TS) @unsorted.mkv"
        )
        {
            FramesOff = 12,
        };
    }

    private static IEnumerable<SourceCase> Codecs()
    {
        yield return new("hevc.mp4", $"{Picture("640x360")} {Sine()} {X265} -tag:v hvc1 {Aac} @hevc.mp4") { Size = (640, 360) };
        yield return new("hevc.mkv", $"{Picture()} {Sine()} {X265} {Aac} @hevc.mkv");
        yield return new("hevc.ts", $"{Picture()} {Sine()} {X265} {Aac} @hevc.ts");
        yield return new("vp9.webm", $"{Picture()} {Sine()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40 -c:a libopus @vp9.webm");
        yield return new("vp9.mp4", $"{Picture()} {Sine()} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 {Aac} @vp9.mp4");
        yield return new("av1.mp4", $"{Picture()} {Sine()} -c:v libsvtav1 -preset 12 {Aac} @av1.mp4");
        yield return new("av1.webm", $"{Picture()} {Sine()} -c:v libsvtav1 -preset 12 -c:a libopus @av1.webm");
        yield return new("mpeg2.ts", $"{Picture()} {Sine()} -c:v mpeg2video -b:v 1M -bf 2 -c:a mp2 @mpeg2.ts");
        yield return new("mpeg2.mpg", $"{Picture()} {Sine()} -c:v mpeg2video -b:v 1M -bf 2 -c:a mp2 @mpeg2.mpg") { FramesOff = 1 };
        yield return new("mpeg1.mpg", $"{Picture()} {Sine()} -c:v mpeg1video -b:v 1M -bf 2 -c:a mp2 @mpeg1.mpg") { FramesOff = 1 };
        yield return new("mpeg2.mxf", $"{Picture()} {Sine()} -c:v mpeg2video -b:v 1M -bf 2 -c:a pcm_s16le @mpeg2.mxf") { FramesOff = 1 };
        yield return new("xvid.avi", $"{Picture()} {Sine()} -c:v mpeg4 -bf 2 -vtag XVID -q:v 5 -c:a libmp3lame @xvid.avi")
        {
            FramesOff = 2,
        };
        yield return new("mjpeg.avi", $"{Picture()} {Sine()} -c:v mjpeg -q:v 5 -pix_fmt yuvj420p -c:a pcm_s16le @mjpeg.avi");
        yield return new("mjpeg.mov", $"{Picture()} {Sine()} -c:v mjpeg -q:v 5 -pix_fmt yuvj422p -c:a pcm_s16le @mjpeg.mov");
        yield return new("h264.flv", $"{Picture()} {Sine(44100)} {X264} -bf 2 {Aac} @h264.flv");
        yield return new("sorenson.flv", $"{Picture()} {Sine(44100)} -c:v flv1 -q:v 5 -c:a libmp3lame @sorenson.flv");
        yield return new("theora.ogv", $"{Picture("320x192")} {Sine()} -c:v libtheora -q:v 5 -c:a libvorbis @theora.ogv")
        {
            Size = (320, 192),
            FramesOff = 1,
        };
        yield return new("wmv.wmv", $"{Picture()} {Sine(44100)} -c:v wmv2 -q:v 5 -c:a wmav2 @wmv.wmv") { FramesOff = 1 };
        yield return new("h263.3gp", $"{Picture("352x288")} {Sine(8000)} -c:v h263 -q:v 5 -c:a aac -ar 8000 @h263.3gp")
        {
            Size = (352, 288),
        };
        yield return new("fragmented.mp4", $"{Picture()} {Sine()} {X264} -bf 2 {Aac} -movflags +frag_keyframe+empty_moov @fragmented.mp4")
        {
            Copied = "240p",
        };
        yield return new(
            "open.mkv",
            $"{Picture()} {Sine()} -c:v libx264 -preset veryfast -pix_fmt yuv420p -x264-params open-gop=1:keyint=30:bframes=3:b-adapt=0 {Aac} @open.mkv"
        );
    }
}
