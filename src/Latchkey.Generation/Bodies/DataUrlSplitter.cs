using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Latchkey.Generation.Bodies;

/// <summary>
/// Copies JSON as it arrives, except for long data URLs: those are written to files, and marks stand in their place. So tens of megabytes of
/// pictures pass through a buffer of some kilobytes. Whether it is JSON at all is for whoever reads the copy.
/// </summary>
internal sealed class DataUrlSplitter(BodyFiles files) : IAsyncDisposable
{
    /// <summary>Of all that is no long data URL.</summary>
    public const int MostText = 1024 * 1024;

    private const int LongestInline = 16 * 1024;
    private const int FileBuffer = 128 * 1024;
    private const int UnicodeEscape = 6;

    private static readonly SearchValues<byte> Special = SearchValues.Create("\"\\"u8);

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly byte[] _escape = new byte[UnicodeEscape];
    private Place _place = Place.BetweenStrings;
    private int _stringStart;
    private int _escapeLength;
    private BodyFile? _file;
    private FileStream? _stream;

    private enum Place
    {
        BetweenStrings,
        InString,
        InDataUrl,
    }

    /// <summary>The JSON with marks, once everything was taken.</summary>
    public byte[] Text => _text.WrittenSpan.ToArray();

    /// <exception cref="InvalidDataException">There is more text than an order can have; the message is for the caller.</exception>
    /// <exception cref="JsonException">A data URL holds an escape that there is not.</exception>
    public async Task TakeAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellation)
    {
        for (var rest = chunk; rest.Length > 0; )
        {
            rest = _place switch
            {
                Place.BetweenStrings => CopyToString(rest),
                Place.InString => await CopyStringAsync(rest, cancellation),
                _ => await WriteDataUrlAsync(rest, cancellation),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
    }

    private ReadOnlyMemory<byte> CopyToString(ReadOnlyMemory<byte> rest)
    {
        var quote = rest.Span.IndexOf((byte)'"');

        if (quote < 0)
            return Keep(rest, rest.Length);

        rest = Keep(rest, quote + 1);
        (_place, _stringStart) = (Place.InString, _text.WrittenCount);
        return rest;
    }

    private async ValueTask<ReadOnlyMemory<byte>> CopyStringAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        if (_escapeLength > 0)
        {
            _escapeLength = 0;
            return Keep(rest, 1);
        }

        var special = rest.Span.IndexOfAny(Special);
        var isEnd = special >= 0 && rest.Span[special] == '"';
        _escapeLength = special >= 0 && !isEnd ? 1 : 0;
        rest = Keep(rest, special < 0 ? rest.Length : special + 1);

        if (isEnd)
            _place = Place.BetweenStrings;
        else if (_text.WrittenCount - _stringStart > LongestInline && _text.WrittenSpan[_stringStart..].StartsWith("data:"u8))
            await BeginFileAsync(cancellation);

        return rest;
    }

    /// <summary>What was kept of the string so far goes to the file as well, through the same unescaping.</summary>
    private async Task BeginFileAsync(CancellationToken cancellation)
    {
        var (before, begun) = (_text.WrittenSpan[.._stringStart].ToArray(), _text.WrittenSpan[_stringStart..].ToArray());
        _text.ResetWrittenCount();
        _text.Write(before);

        _file = files.Add(isDataUrl: true);
        _stream = new FileStream(_file.Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileBuffer, useAsync: true);
        (_place, _escapeLength) = (Place.InDataUrl, 0);

        for (ReadOnlyMemory<byte> rest = begun; rest.Length > 0; )
            rest = await WriteDataUrlAsync(rest, cancellation);
    }

    private async ValueTask<ReadOnlyMemory<byte>> WriteDataUrlAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        if (_escapeLength > 0)
        {
            _escape[_escapeLength++] = rest.Span[0];

            if (_escapeLength == (_escape[1] == 'u' ? UnicodeEscape : 2))
                await WriteEscapedAsync(cancellation);

            return rest[1..];
        }

        var special = rest.Span.IndexOfAny(Special);
        await _stream!.WriteAsync(special < 0 ? rest : rest[..special], cancellation);

        if (special < 0)
            return default;

        if (rest.Span[special] == '"')
            await EndFileAsync();
        else
            (_escape[0], _escapeLength) = ((byte)'\\', 1);

        return rest[(special + 1)..];
    }

    private async Task WriteEscapedAsync(CancellationToken cancellation)
    {
        // Some encoders write every slash so; the others are rare.
        var meant =
            _escape[1] == '/' ? "/" : JsonSerializer.Deserialize<string>($"\"{Encoding.UTF8.GetString(_escape, 0, _escapeLength)}\"")!;
        _escapeLength = 0;
        await _stream!.WriteAsync(Encoding.UTF8.GetBytes(meant), cancellation);
    }

    private async Task EndFileAsync()
    {
        await _stream!.DisposeAsync();
        _stream = null;
        Keep(Encoding.UTF8.GetBytes(_file!.Mark + '"'));
        _place = Place.BetweenStrings;
    }

    private ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> rest, int count)
    {
        Keep(rest.Span[..count]);
        return rest[count..];
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_text.WrittenCount + bytes.Length > MostText)
            throw new InvalidDataException("The body may have at most 1 MB of text beside its data URLs");

        _text.Write(bytes);
    }
}
