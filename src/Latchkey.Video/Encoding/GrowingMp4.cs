using System.Buffers.Binary;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>Follows a fragmented MP4 that ffmpeg is still writing, one track in it.</summary>
internal sealed class GrowingMp4(string path) : IDisposable
{
    private const int MaxIndexBytes = 64 << 20;

    private FileStream? _file;
    private (long Offset, byte[] Bytes)? _fragment;
    private long _position;
    private IReadOnlyList<TrackBuilder> _tracks = [];

    public SampleEntry? Entry { get; private set; }

    public uint Timescale { get; private set; }

    /// <summary>All samples of the fragments that are whole, in decoding order.</summary>
    public SampleTable Samples => _tracks.Count > 0 ? _tracks[0].Samples : new SampleTable();

    /// <summary>The first sample of each whole fragment.</summary>
    public List<int> FragmentStarts { get; } = [];

    /// <summary>Takes in what has been written since the last time.</summary>
    public void Follow()
    {
        _file ??= File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
            : null;

        if (_file is null)
        {
            return;
        }

        var length = RandomAccess.GetLength(_file.SafeFileHandle);
        Span<byte> header = stackalloc byte[8];

        while (length - _position >= 8)
        {
            Read(header, _position);
            long size = BinaryPrimitives.ReadUInt32BigEndian(header);
            FourCc type = new(BinaryPrimitives.ReadUInt32BigEndian(header[4..]));

            if (size < 8 || size > length - _position)
            {
                // Not all written yet. (The size of mdat is filled in when it is whole.)
                return;
            }

            if (type == "moov")
            {
                (_, _tracks) = MovieBox.Read(ReadBox(size), long.MaxValue);
                var track = _tracks[0].Build();
                (Entry, Timescale) = (track.Entry, track.Timescale);
            }
            else if (type == "moof")
            {
                _fragment = (_position, ReadBox(size));
            }
            else if (type == "mdat" && _fragment is { } whole)
            {
                FragmentStarts.Add(Samples.Count);
                MovieFragmentBox.Read(whole.Bytes, whole.Offset, length, _tracks);
                _fragment = null;
            }

            _position += size;
        }
    }

    /// <summary>The samples' bytes, one after the other.</summary>
    public void CopyTo(Stream output, int from, int to, byte[] buffer)
    {
        for (var i = from; i < to; )
        {
            // Samples of one track lie together.
            var start = Samples.Offset(i);
            var end = start;

            while (i < to && Samples.Offset(i) == end)
            {
                end += Samples.Size(i++);
            }

            for (var at = start; at < end; )
            {
                var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at));
                Read(part, at);
                output.Write(part);
                at += part.Length;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private byte[] ReadBox(long size)
    {
        if (size > MaxIndexBytes)
        {
            throw new MediaException(MediaFailure.EncoderFailed, "ffmpeg wrote an impossible box.");
        }

        var bytes = new byte[size];
        Read(bytes, _position);
        return bytes;
    }

    private void Read(Span<byte> bytes, long at)
    {
        for (var done = 0; done < bytes.Length; )
        {
            var read = RandomAccess.Read(_file!.SafeFileHandle, bytes[done..], at + done);
            done += read > 0 ? read : throw new MediaException(MediaFailure.EncoderFailed, "What ffmpeg wrote became shorter.");
        }
    }
}
