namespace Latchkey.Video.Mp4;

/// <summary>
/// The CMAF header of a track (ISO/IEC 23000-19 §7.3): made from nothing but the codec's configuration, so that it is the same for every
/// run that encodes with the same settings.
/// </summary>
internal static class InitSegment
{
    public const uint TrackId = 1;

    /// <param name="entry">A whole sample entry box, of <see cref="VideoEntry"/> or <see cref="AudioEntry"/>.</param>
    /// <param name="mediaTime">The media time that is shown first: an edit list when it is not 0.</param>
    public static byte[] Write(ReadOnlySpan<byte> entry, int timescale, int width, int height, long mediaTime)
    {
        var isVideo = width > 0;
        var box = new BoxWriter();

        box.Begin("ftyp");
        box.Name("iso6");
        box.UInt32(0);
        box.Name("iso6");
        box.Name("cmfc");
        box.Name("mp41");
        box.End();

        box.Begin("moov");
        MovieHeader(box, timescale);
        box.Begin("trak");
        TrackHeader(box, isVideo, width, height);

        if (mediaTime > 0)
        {
            box.Begin("edts");
            box.Full("elst", 1, 0);
            box.UInt32(1);
            box.Int64(0);
            box.Int64(mediaTime);
            box.UInt32(0x10000);
            box.End();
            box.End();
        }

        box.Begin("mdia");
        box.Full("mdhd", 0, 0);
        box.Zeros(8);
        box.UInt32((uint)timescale);
        box.UInt32(0);
        box.UInt16(0x55C4); // "und"
        box.UInt16(0);
        box.End();

        box.Full("hdlr", 0, 0);
        box.UInt32(0);
        box.Name(isVideo ? "vide" : "soun");
        box.Zeros(12);
        box.UInt8(0);
        box.End();

        box.Begin("minf");
        MediaHeader(box, isVideo);
        DataReference(box);
        box.Begin("stbl");
        box.Full("stsd", 0, 0);
        box.UInt32(1);
        box.Bytes(entry);
        box.End();
        EmptyTable(box, "stts", 4);
        EmptyTable(box, "stsc", 4);
        EmptyTable(box, "stsz", 8);
        EmptyTable(box, "stco", 4);
        box.End();
        box.End();
        box.End();
        box.End();

        box.Begin("mvex");
        box.Full("trex", 0, 0);
        box.UInt32(TrackId);
        box.UInt32(1);
        box.Zeros(12);
        box.End();
        box.End();
        box.End();

        return box.Written.ToArray();
    }

    /// <summary>avc1 or avc3, without what else the source's entry may carry.</summary>
    public static byte[] VideoEntry(SampleEntry source)
    {
        var box = new BoxWriter();

        box.Begin(source.Format);
        box.Zeros(6);
        box.UInt16(1);
        box.Zeros(16);
        box.UInt16((ushort)source.Width);
        box.UInt16((ushort)source.Height);
        box.UInt32(0x480000);
        box.UInt32(0x480000);
        box.UInt32(0);
        box.UInt16(1);
        box.Zeros(32);
        box.UInt16(0x18);
        box.UInt16(0xFFFF);

        box.Begin("avcC");
        box.Bytes(source.AvcConfiguration);
        box.End();

        if (source.Colour is { } colour)
        {
            box.Begin("colr");
            box.Bytes(colour);
            box.End();
        }

        box.Begin("pasp");
        box.UInt32(source.PixelAspect.Horizontal);
        box.UInt32(source.PixelAspect.Vertical);
        box.End();
        box.End();

        return box.Written.ToArray();
    }

    /// <summary>mp4a with AAC-LC.</summary>
    public static byte[] AudioEntry(ReadOnlySpan<byte> configuration, int channels, int sampleRate)
    {
        var box = new BoxWriter();

        box.Begin("mp4a");
        box.Zeros(6);
        box.UInt16(1);
        box.Zeros(8);
        box.UInt16((ushort)channels);
        box.UInt16(16);
        box.UInt32(0);
        box.UInt32((uint)sampleRate << 16);
        ElementaryStream.Write(box, configuration);
        box.End();

        return box.Written.ToArray();
    }

    private static void MovieHeader(BoxWriter box, int timescale)
    {
        box.Full("mvhd", 0, 0);
        box.Zeros(8);
        box.UInt32((uint)timescale);
        box.UInt32(0);
        box.UInt32(0x10000);
        box.UInt16(0x100);
        box.Zeros(10);
        Matrix(box);
        box.Zeros(24);
        box.UInt32(TrackId + 1);
        box.End();
    }

    private static void TrackHeader(BoxWriter box, bool isVideo, int width, int height)
    {
        box.Full("tkhd", 0, 3);
        box.Zeros(8);
        box.UInt32(TrackId);
        box.Zeros(16);
        box.UInt16(0);
        box.UInt16((ushort)(isVideo ? 0 : 1));
        box.UInt16((ushort)(isVideo ? 0 : 0x100));
        box.UInt16(0);
        Matrix(box);
        box.UInt32((uint)width << 16);
        box.UInt32((uint)height << 16);
        box.End();
    }

    private static void Matrix(BoxWriter box)
    {
        box.UInt32(0x10000);
        box.Zeros(12);
        box.UInt32(0x10000);
        box.Zeros(12);
        box.UInt32(0x40000000);
    }

    private static void MediaHeader(BoxWriter box, bool isVideo)
    {
        box.Full(isVideo ? "vmhd" : "smhd", 0, isVideo ? 1u : 0);
        box.Zeros(isVideo ? 8 : 4);
        box.End();
    }

    private static void DataReference(BoxWriter box)
    {
        box.Begin("dinf");
        box.Full("dref", 0, 0);
        box.UInt32(1);
        box.Full("url ", 0, 1);
        box.End();
        box.End();
        box.End();
    }

    private static void EmptyTable(BoxWriter box, FourCc type, int zeros)
    {
        box.Full(type, 0, 0);
        box.Zeros(zeros);
        box.End();
    }
}
