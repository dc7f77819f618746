namespace Latchkey.Video.Mp4;

/// <summary>What an AudioSpecificConfig says (ISO/IEC 14496-3 §1.6.2.1).</summary>
/// <param name="IsPlain">AAC-LC with frames of 1,024 samples and nothing on top: no SBR, no parametric stereo.</param>
internal sealed record AacConfiguration(int SampleRate, int Channels, bool IsPlain)
{
    private const uint LowComplexity = 2;

    private static readonly int[] SampleRates = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

    public static AacConfiguration? Read(ReadOnlySpan<byte> configuration)
    {
        if (configuration.Length < 2)
        {
            return null;
        }

        var type = (uint)configuration[0] >> 3;
        var frequency = ((configuration[0] & 7) << 1) | (configuration[1] >> 7);

        if (frequency >= SampleRates.Length)
        {
            return null;
        }

        var channels = (configuration[1] >> 3) & 0xF;
        var usesOtherFrames = (configuration[1] & 7) != 0;

        // Two bytes are all that plain AAC-LC needs; a sync extension after them (0x2B7) announces SBR.
        var hasExtension = configuration.Length >= 4 && configuration[2] == 0x56 && (configuration[3] & 0xE0) == 0xE0;
        var extensionIsOn = hasExtension && configuration.Length >= 5 && (configuration[4] & 0x80) != 0;

        return new AacConfiguration(SampleRates[frequency], channels, type == LowComplexity && !usesOtherFrames && !extensionIsOn);
    }
}
