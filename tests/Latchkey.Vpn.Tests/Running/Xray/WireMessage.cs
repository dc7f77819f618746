using Google.Protobuf;

namespace Latchkey.Vpn.Tests.Running.Xray;

/// <summary>A protobuf message read by hand, so that a field that nobody knows is a complaint and not ignored.</summary>
internal sealed class WireMessage
{
    private readonly Dictionary<uint, object> _fields = [];

    private WireMessage(string name) => Name = name;

    public string Name { get; }

    /// <param name="name">For complaints.</param>
    /// <param name="known">The numbers that the message has; each may be there once.</param>
    public static WireMessage Read(string name, byte[] bytes, params uint[] known)
    {
        var message = new WireMessage(name);
        var input = new CodedInputStream(bytes);

        while (input.ReadTag() is not 0 and var tag)
        {
            var number = tag >> 3;

            if (!known.Contains(number))
                throw new ComplaintException($"{name} has no field {number}");

            if (!message._fields.TryAdd(number, Value(input, name, tag)))
                throw new ComplaintException($"{name} has its field {number} twice");
        }

        return message;
    }

    public string Text(uint number) => _fields.TryGetValue(number, out var value) ? ((ByteString)value).ToStringUtf8() : "";

    public byte[] Bytes(uint number) => _fields.TryGetValue(number, out var value) ? ((ByteString)value).ToByteArray() : [];

    public bool Flag(uint number) => _fields.TryGetValue(number, out var value) && (ulong)value != 0;

    private static object Value(CodedInputStream input, string name, uint tag) =>
        (tag & 7) switch
        {
            0 => input.ReadUInt64(),
            2 => input.ReadBytes(),
            var type => throw new ComplaintException($"{name}'s field {tag >> 3} has the wire type {type}"),
        };
}

/// <summary>We were sent what Xray does not know.</summary>
internal sealed class ComplaintException(string complaint) : Exception(complaint);
