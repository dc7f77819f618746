namespace Latchkey.Video.Mp4;

/// <summary>The type of a box: four characters.</summary>
internal readonly record struct FourCc(uint Value)
{
    public static implicit operator FourCc(string text) =>
        new(((uint)text[0] << 24) | ((uint)text[1] << 16) | ((uint)text[2] << 8) | text[3]);

    public override string ToString() =>
        string.Create(
            4,
            Value,
            static (characters, value) =>
            {
                for (var i = 0; i < 4; i++)
                {
                    var character = (char)((value >> (24 - (8 * i))) & 0xFF);
                    characters[i] = char.IsAsciiLetterOrDigit(character) ? character : '?';
                }
            }
        );
}
