using Latchkey.Video.Encoding;

namespace Latchkey.Video.Matroska;

/// <summary>Tracks: what each track is.</summary>
internal static class TracksElement
{
    private const int MaxTracks = 64;
    private const int MaxPrivateBytes = 1 << 20;
    private const int MaxTextBytes = 1024;

    public static IReadOnlyList<MatroskaTrack> Read(ReadOnlySpan<byte> body)
    {
        var tracks = new List<MatroskaTrack>();
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            if (id != ElementId.TrackEntry)
            {
                continue;
            }

            if (tracks.Count == MaxTracks)
            {
                throw new MediaException(MediaFailure.Malformed, "The file has too many tracks.");
            }

            var track = ReadEntry(content);
            tracks.Add(track with { Order = tracks.Count(other => other.Kind == track.Kind) });
        }

        return tracks;
    }

    private static MatroskaTrack ReadEntry(ReadOnlySpan<byte> body)
    {
        var track = new MatroskaTrack
        {
            Number = 0,
            Kind = MatroskaTrackKind.Other,
            Order = 0,
        };
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            track = id switch
            {
                ElementId.TrackNumber => track with { Number = EbmlSpan.Unsigned(content) },
                ElementId.TrackType => track with
                {
                    Kind = EbmlSpan.Unsigned(content) switch
                    {
                        1 => MatroskaTrackKind.Video,
                        2 => MatroskaTrackKind.Audio,
                        _ => MatroskaTrackKind.Other,
                    },
                },
                ElementId.FlagDefault => track with { IsDefault = EbmlSpan.Unsigned(content) != 0 },
                ElementId.Name => track with { Title = Text(content) },
                ElementId.Language when !track.HasTag => track with { Language = Text(content) ?? track.Language },
                ElementId.LanguageBcp47 => track with { Language = Text(content) ?? track.Language, HasTag = true },
                ElementId.DefaultDuration => track with
                {
                    DefaultDuration = EbmlSpan.Unsigned(content) is var duration and > 0 ? duration : null,
                },
                ElementId.TrackTimestampScale => track with { IsUnusual = track.IsUnusual || EbmlSpan.Float(content) is not 1.0 },
                ElementId.CodecId => track with
                {
                    Codec = System.Text.Encoding.ASCII.GetString(content[..Math.Min(content.Length, 64)]).TrimEnd('\0'),
                },
                ElementId.CodecPrivate when content.Length <= MaxPrivateBytes => track with { CodecPrivate = content.ToArray() },
                ElementId.CodecDelay => track with { CodecDelay = EbmlSpan.Unsigned(content) },
                ElementId.ContentEncodings => track with { IsTransformed = true, IsEncrypted = IsEncrypted(content) },
                ElementId.Video => ReadVideo(track, content),
                ElementId.Audio => ReadAudio(track, content),
                _ => track,
            };
        }

        return track;
    }

    private static string? Text(ReadOnlySpan<byte> content)
    {
        var text = System.Text.Encoding.UTF8.GetString(content[..Math.Min(content.Length, MaxTextBytes)]).Trim('\0', ' ');
        return text.Length > 0 ? text : null;
    }

    private static bool IsEncrypted(ReadOnlySpan<byte> body)
    {
        var encodings = new EbmlSpan(body);

        while (encodings.TryElement(out var id, out var encoding))
        {
            var children = new EbmlSpan(id == ElementId.ContentEncoding ? encoding : default);

            while (children.TryElement(out var child, out _))
            {
                if (child == ElementId.ContentEncryption)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static MatroskaTrack ReadVideo(MatroskaTrack track, ReadOnlySpan<byte> body)
    {
        var children = new EbmlSpan(body);
        long width = 0,
            height = 0,
            shownWidth = 0,
            shownHeight = 0,
            unit = 0;
        var unusual = track.IsUnusual;
        var interlaced = false;

        while (children.TryElement(out var id, out var content))
        {
            switch (id)
            {
                case ElementId.PixelWidth:
                    width = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.PixelHeight:
                    height = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.DisplayWidth:
                    shownWidth = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.DisplayHeight:
                    shownHeight = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.DisplayUnit:
                    unit = EbmlSpan.Unsigned(content);
                    break;
                case ElementId.FlagInterlaced:
                    interlaced = EbmlSpan.Unsigned(content) == 1;
                    break;
                case ElementId.Projection:
                    unusual = true;
                    break;
                case ElementId.StereoMode
                or ElementId.PixelCropBottom
                or ElementId.PixelCropTop
                or ElementId.PixelCropLeft
                or ElementId.PixelCropRight:
                    unusual |= EbmlSpan.Unsigned(content) != 0;
                    break;
            }
        }

        return track with
        {
            Width = (int)Math.Min(width, int.MaxValue),
            Height = (int)Math.Min(height, int.MaxValue),
            PixelAspect = Aspect(width, height, shownWidth, shownHeight, unit),
            IsInterlaced = interlaced,
            IsUnusual = unusual,
        };
    }

    /// <summary>Pixels are as wide as the shown size makes them; units above 3 say nothing of it.</summary>
    private static (uint Horizontal, uint Vertical) Aspect(long width, long height, long shownWidth, long shownHeight, long unit)
    {
        if (
            width is <= 0 or > 65536
            || height is <= 0 or > 65536
            || shownWidth is <= 0 or > 1 << 20
            || shownHeight is <= 0 or > 1 << 20
            || unit > 3
        )
        {
            return (1, 1);
        }

        var (horizontal, vertical) = (shownWidth * height, shownHeight * width);
        var common = (long)System.Numerics.BigInteger.GreatestCommonDivisor(horizontal, vertical);
        (horizontal, vertical) = (horizontal / common, vertical / common);

        while (horizontal > 65535 || vertical > 65535)
        {
            (horizontal, vertical) = (Math.Max(1, horizontal / 2), Math.Max(1, vertical / 2));
        }

        return ((uint)horizontal, (uint)vertical);
    }

    private static MatroskaTrack ReadAudio(MatroskaTrack track, ReadOnlySpan<byte> body)
    {
        var children = new EbmlSpan(body);

        while (children.TryElement(out var id, out var content))
        {
            track = id switch
            {
                ElementId.SamplingFrequency => track with { SampleRate = EbmlSpan.Float(content) },
                ElementId.Channels => track with { Channels = (int)Math.Min(EbmlSpan.Unsigned(content), 255) },
                _ => track,
            };
        }

        return track;
    }
}
