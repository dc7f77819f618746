namespace Latchkey.Video.Encoding.Copying;

/// <summary>A frame of AAC-LC without sound (ISO/IEC 14496-3 §4.4.2): what stands in for one that the source lost.</summary>
internal static class SilentAac
{
    private static readonly byte[] Mono = Write(channels: 1);
    private static readonly byte[] Stereo = Write(channels: 2);

    public static byte[] Frame(int channels) => channels == 1 ? Mono : Stereo;

    private static byte[] Write(int channels)
    {
        var bits = new List<bool>();

        // single_channel_element or channel_pair_element, and its tag; a pair shares no window.
        Put(channels == 1 ? 0u : 1, 3);
        Put(0, 4);
        Put(0, channels == 1 ? 0 : 1);

        for (var i = 0; i < channels; i++)
        {
            Put(100, 8); // global_gain, of no bands
            Put(0, 1 + 2 + 1); // ics_reserved_bit, window_sequence, window_shape
            Put(0, 6 + 1); // max_sfb, predictor_data_present
            Put(0, 1 + 1 + 1); // pulse, temporal noise shaping, gain control
        }

        Put(7, 3);

        var bytes = new byte[(bits.Count + 7) / 8];

        for (var i = 0; i < bits.Count; i++)
        {
            bytes[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        return bytes;

        void Put(uint value, int count)
        {
            for (var i = count - 1; i >= 0; i--)
            {
                bits.Add(((value >> i) & 1) == 1);
            }
        }
    }
}
