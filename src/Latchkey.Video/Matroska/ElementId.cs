namespace Latchkey.Video.Matroska;

/// <summary>The elements that we read, with their marker bits (RFC 8794 §5; RFC 9559 §5).</summary>
internal static class ElementId
{
    public const uint Ebml = 0x1A45DFA3;
    public const uint DocumentType = 0x4282;
    public const uint Segment = 0x18538067;

    public const uint SeekHead = 0x114D9B74;
    public const uint Seek = 0x4DBB;
    public const uint SeekId = 0x53AB;
    public const uint SeekPosition = 0x53AC;

    public const uint Info = 0x1549A966;
    public const uint TimestampScale = 0x2AD7B1;
    public const uint Duration = 0x4489;

    public const uint Tracks = 0x1654AE6B;
    public const uint TrackEntry = 0xAE;
    public const uint TrackNumber = 0xD7;
    public const uint TrackType = 0x83;
    public const uint FlagDefault = 0x88;
    public const uint Name = 0x536E;
    public const uint Language = 0x22B59C;
    public const uint LanguageBcp47 = 0x22B59D;
    public const uint DefaultDuration = 0x23E383;
    public const uint TrackTimestampScale = 0x23314F;
    public const uint CodecId = 0x86;
    public const uint CodecPrivate = 0x63A2;
    public const uint CodecDelay = 0x56AA;
    public const uint ContentEncodings = 0x6D80;
    public const uint ContentEncoding = 0x6240;
    public const uint ContentEncryption = 0x5035;
    public const uint Video = 0xE0;
    public const uint FlagInterlaced = 0x9A;
    public const uint PixelWidth = 0xB0;
    public const uint PixelHeight = 0xBA;
    public const uint DisplayWidth = 0x54B0;
    public const uint DisplayHeight = 0x54BA;
    public const uint DisplayUnit = 0x54B2;
    public const uint PixelCropBottom = 0x54AA;
    public const uint PixelCropTop = 0x54BB;
    public const uint PixelCropLeft = 0x54CC;
    public const uint PixelCropRight = 0x54DD;
    public const uint StereoMode = 0x53B8;
    public const uint Projection = 0x7670;
    public const uint Audio = 0xE1;
    public const uint SamplingFrequency = 0xB5;
    public const uint Channels = 0x9F;

    public const uint Cues = 0x1C53BB6B;
    public const uint CuePoint = 0xBB;
    public const uint CueTime = 0xB3;
    public const uint CueTrackPositions = 0xB7;
    public const uint CueTrack = 0xF7;
    public const uint CueClusterPosition = 0xF1;
    public const uint CueRelativePosition = 0xF0;

    public const uint Cluster = 0x1F43B675;
    public const uint Timestamp = 0xE7;
    public const uint SimpleBlock = 0xA3;
    public const uint BlockGroup = 0xA0;
    public const uint Block = 0xA1;
    public const uint ReferenceBlock = 0xFB;

    public const uint Attachments = 0x1941A469;
    public const uint Chapters = 0x1043A770;
    public const uint Tags = 0x1254C367;

    /// <summary>Elements of the segment itself: where one of them stands, a cluster of unknown size has ended (RFC 8794 §6.2).</summary>
    public static bool IsTopLevel(uint id) =>
        id is Cluster or Cues or SeekHead or Info or Tracks or Attachments or Chapters or Tags or Segment or Ebml;
}
