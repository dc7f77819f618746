using Google.Protobuf;

namespace Latchkey.Vpn.Tests.Running.Xray;

/// <summary>Writes protobuf fields by their numbers.</summary>
internal sealed class WireWriter
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    public WireWriter() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

    public WireWriter Text(int number, string value)
    {
        if (value.Length == 0)
            return this;

        _output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        _output.WriteString(value);

        return this;
    }

    public WireWriter Number(int number, long value)
    {
        if (value == 0)
            return this;

        _output.WriteTag(number, WireFormat.WireType.Varint);
        _output.WriteInt64(value);

        return this;
    }

    public WireWriter Message(int number, WireWriter message)
    {
        _output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        _output.WriteBytes(ByteString.CopyFrom(message.ToArray()));

        return this;
    }

    public byte[] ToArray()
    {
        _output.Flush();

        return _bytes.ToArray();
    }
}
