using System.Globalization;
using System.Text;
using System.Text.Json;
using Latchkey.Video.Ffmpeg;
using Latchkey.Video.Matroska;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding.Index;

/// <summary>The index of everything that our own reader does not fully know: ffprobe's streams, and its packets where we have no table of samples.</summary>
internal sealed class ProbeIndex(FfmpegRunner ffmpeg, long wholeScanBytes)
{
    private const int HeadPackets = 600;
    private const double TailSeconds = 5;
    private const double MostSeconds = 48 * 3600;

    private const string Entries =
        "format=format_name,duration,start_time"
        + ":stream=start_time,duration,index,id,codec_type,codec_name,pix_fmt,width,height,sample_aspect_ratio,time_base,r_frame_rate,avg_frame_rate,field_order,color_transfer,color_primaries,channels,sample_rate"
        + ":stream_disposition=attached_pic,default"
        + ":stream_side_data=rotation"
        + ":stream_tags=language,title";

    /// <summary>So many bytes of the beginning are there, of a file that grows: then its end is guessed. <c>null</c> for a whole file.</summary>
    public long? Arrived { get; init; }

    /// <param name="own">What our own readers found, if one of them could read the file at all.</param>
    /// <exception cref="BytesMissingException">Too little of it is there for a guess.</exception>
    public async Task<SourceIndex> MakeAsync(SourceInput source, OwnIndex own, CancellationToken cancellation)
    {
        var file = own.Mp4;
        using var probed = await ProbeAsync(source, cancellation);
        var format = probed.RootElement.GetProperty("format").GetProperty("format_name").GetString() ?? "";
        var streams = probed.RootElement.GetProperty("streams").EnumerateArray().ToList();

        var video =
            Pick(streams, "video", file is null ? null : Mp4Index.FindVideo(file), own.Matroska?.Video)
            ?? throw new MediaException(MediaFailure.NoVideo, "No stream of the file is a video.");
        var audio = Pick(streams, "audio", file is null ? null : Mp4Index.FindAudio(file), own.Matroska?.Audio);
        var codec = Text(video, "codec_name") ?? throw new MediaException(MediaFailure.UnsupportedCodec, "The video's codec is not known.");

        return new SourceIndex(
            format.Split(',')[0],
            source.File.File.Length,
            new VideoIndex
            {
                Stream = Specifier(video),
                Codec = codec,
                Width = Number(video, "width"),
                Height = Number(video, "height"),
                PixelAspect = Aspect(Text(video, "sample_aspect_ratio")),
                Rotation = Rotation(video),
                Interlaced = Text(video, "field_order") is "tt" or "bb" or "tb" or "bt",
                HdrTransfer = IsHdr(video) ? Text(video, "color_transfer") : null,
                IsWideGamut = Text(video, "color_primaries") == "bt2020" && !IsHdr(video),
                Frames = await FramesAsync(source, own, probed.RootElement.GetProperty("format"), video, cancellation),
                Bytes = file is not null && Mp4Index.FindVideo(file) is { } track ? Mp4Index.Bytes(track.Samples) : 0,
            },
            audio is { } sound ? Audio(sound, file is null ? null : Mp4Index.FindAudio(file)) : null
        )
        {
            OtherAudio =
            [
                .. streams
                    .Where(stream =>
                        Text(stream, "codec_type") == "audio" && (audio is null || Specifier(stream) != Specifier(audio.Value))
                    )
                    .Select(stream => Audio(stream, TrackOf(stream, file)))
                    .OfType<AudioIndex>(),
            ],
        };
    }

    private async Task<JsonDocument> ProbeAsync(SourceInput source, CancellationToken cancellation)
    {
        var json = new StringBuilder();

        try
        {
            await ffmpeg.ProbeAsync(
                [
                    .. FfmpegArguments.Guard(FfmpegArguments.Demuxers),
                    "-show_entries",
                    Entries,
                    "-of",
                    "json",
                    FfmpegArguments.File(source.Path),
                ],
                line => json.AppendLine(line),
                cancellation
            );
        }
        catch (MediaException exception) when (exception.Reason == MediaFailure.EncoderFailed)
        {
            throw new MediaException(MediaFailure.UnsupportedContainer, exception.Message, exception);
        }

        return JsonDocument.Parse(json.ToString());
    }

    private async Task<FrameTimes> FramesAsync(
        SourceInput source,
        OwnIndex own,
        JsonElement format,
        JsonElement video,
        CancellationToken cancellation
    )
    {
        if (
            own.Mp4 is { } file
            && Mp4Index.FindVideo(file) is { Edits.IsComplex: false } track
            && track.Timescale <= EncodingPlan.MaxTimescale
            && Mp4Index.Frames(track) is { } known
        )
        {
            return known;
        }

        var container = (Text(format, "format_name") ?? "").Split(',')[0];

        if (own.Matroska is { } matroska && await matroska.TimesAsync(cancellation) is { } found)
        {
            return found.Frames;
        }

        var timeBase = Fraction(Text(video, "time_base")) ?? (1, 90000);
        var nominalRate = Fraction(Text(video, "r_frame_rate")) ?? Fraction(Text(video, "avg_frame_rate")) ?? (25, 1);

        if (
            own.Mp4 is null
            && source.File.File.Length > wholeScanBytes
            && await EdgesAsync(source, format, video, timeBase, nominalRate, cancellation) is { } times
        )
        {
            return times;
        }

        if (Arrived is { } arrived)
        {
            throw new BytesMissingException(arrived);
        }

        var scan = new PacketScan(timeBase, nominalRate, mayRestart: container is "mpegts" or "mpeg");

        await ffmpeg.ProbeAsync(
            [
                .. FfmpegArguments.Guard(FfmpegArguments.Demuxers),
                "-select_streams",
                Specifier(video),
                "-show_entries",
                "packet=pts,dts,duration,flags",
                "-of",
                "csv=p=0",
                FfmpegArguments.File(source.Path),
            ],
            scan.Add,
            cancellation
        );

        return scan.Build();
    }

    /// <summary>A long source is known by its ends: nobody waits until all of it was read.</summary>
    private async Task<FrameTimes?> EdgesAsync(
        SourceInput source,
        JsonElement format,
        JsonElement video,
        (int Numerator, int Denominator) timeBase,
        (int Numerator, int Denominator) nominalRate,
        CancellationToken cancellation
    )
    {
        var start = Decimal(video, "start_time") ?? Decimal(format, "start_time") ?? 0;

        var edges = new PacketEdges(timeBase, nominalRate);
        await ReadAsync(string.Create(CultureInfo.InvariantCulture, $"%+#{HeadPackets}"), edges.AddHead);

        if (Arrived is { } arrived)
        {
            edges.GuessEnd(HeadPackets, arrived, source.File.File.Length);
            return edges.Build(source.File.File.Length);
        }

        if ((Decimal(video, "duration") ?? Decimal(format, "duration")) is not { } duration || duration is <= 0 or > MostSeconds)
        {
            return null;
        }

        await ReadAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Math.Max(start, start + duration - TailSeconds):0.000}%"),
            edges.AddTail
        );

        return edges.Build(source.File.File.Length);

        Task ReadAsync(string interval, Action<string> add) =>
            ffmpeg.ProbeAsync(
                [
                    .. FfmpegArguments.Guard(FfmpegArguments.Demuxers),
                    "-read_intervals",
                    interval,
                    "-select_streams",
                    Specifier(video),
                    "-show_entries",
                    "packet=pts,dts,duration,pos,flags",
                    "-of",
                    "csv=p=0",
                    FfmpegArguments.File(source.Path),
                ],
                add,
                cancellation
            );
    }

    private static JsonElement? Pick(List<JsonElement> streams, string type, Mp4Track? track, MatroskaTrack? matroska)
    {
        var candidates = streams.Where(stream => Text(stream, "codec_type") == type && !Is(stream, "attached_pic")).ToList();
        var wanted =
            matroska is not null ? matroska.Order
            : track is null ? candidates.FindIndex(stream => Is(stream, "default"))
            : candidates.FindIndex(stream => IsOf(stream, track));

        return candidates.Count == 0 ? null : candidates[wanted >= 0 && wanted < candidates.Count ? wanted : 0];
    }

    private static Mp4Track? TrackOf(JsonElement stream, Mp4File? file) =>
        file is null ? null : Mp4Index.AudioTracks(file).FirstOrDefault(track => IsOf(stream, track));

    private static bool IsOf(JsonElement stream, Mp4Track track) =>
        Text(stream, "id") == string.Create(CultureInfo.InvariantCulture, $"0x{track.Id:x}");

    private static AudioIndex? Audio(JsonElement audio, Mp4Track? track)
    {
        if (track is { Entry.AudioConfiguration: not null })
        {
            return Mp4Index.Audio(track);
        }

        // Sound that nobody can decode does not make the picture worthless.
        return
            Text(audio, "codec_name") is { } codec
            && int.TryParse(Text(audio, "sample_rate"), NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
            && rate > 0
            ? new AudioIndex
            {
                Stream = Specifier(audio),
                Codec = codec,
                SampleRate = rate,
                Channels = Number(audio, "channels"),
                Language = Tag(audio, "language"),
                Title = Tag(audio, "title"),
            }
            : null;
    }

    private static string? Tag(JsonElement stream, string name) => stream.TryGetProperty("tags", out var tags) ? Text(tags, name) : null;

    private static string Specifier(JsonElement stream) => Number(stream, "index").ToString(CultureInfo.InvariantCulture);

    private static (int Numerator, int Denominator)? Fraction(string? text)
    {
        var parts = (text ?? "").Split('/');

        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var numerator)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var denominator)
            && numerator > 0
            && denominator > 0
            ? (numerator, denominator)
            : null;
    }

    private static bool IsHdr(JsonElement video) => Text(video, "color_transfer") is "smpte2084" or "arib-std-b67";

    private static (uint Horizontal, uint Vertical) Aspect(string? text)
    {
        var parts = (text ?? "").Split(':');

        return
            parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var horizontal)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var vertical)
            && horizontal is > 0 and < 65536
            && vertical is > 0 and < 65536
            ? (horizontal, vertical)
            : (1, 1);
    }

    /// <summary>ffprobe counts counter-clockwise.</summary>
    private static int Rotation(JsonElement video)
    {
        if (!video.TryGetProperty("side_data_list", out var list))
        {
            return 0;
        }

        foreach (var data in list.EnumerateArray())
        {
            if (data.TryGetProperty("rotation", out var rotation) && rotation.TryGetDouble(out var degrees))
            {
                return (int)((((-Math.Round(degrees / 90) * 90) % 360) + 360) % 360);
            }
        }

        return 0;
    }

    private static bool Is(JsonElement stream, string disposition) =>
        stream.TryGetProperty("disposition", out var dispositions)
        && dispositions.TryGetProperty(disposition, out var value)
        && value.GetInt32() == 1;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Decimal(JsonElement element, string name) =>
        double.TryParse(Text(element, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;
}
