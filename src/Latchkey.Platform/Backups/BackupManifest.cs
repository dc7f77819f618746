using System.Text.Json;

namespace Latchkey.Platform.Backups;

/// <summary>The first entry of a backup.</summary>
/// <param name="Format">Of the archive; a program refuses those above its own <see cref="NewestFormat"/>.</param>
/// <param name="Version">Of the program that made it.</param>
/// <param name="Migrations">What the database's schema consists of.</param>
/// <param name="Bytes">About how much room the content takes.</param>
public sealed record BackupManifest(
    int Format,
    string Version,
    DateTimeOffset MadeAt,
    bool HasMedia,
    IReadOnlyList<string> Migrations,
    long Bytes
)
{
    public const int NewestFormat = 1;

    internal const string EntryName = "manifest.json";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}

/// <summary>The last entry: without it, the end is missing.</summary>
/// <param name="Files">How many files come before it.</param>
/// <param name="Sha256">Of their names and contents; gzip's own checksum goes unread where the last bytes are missing.</param>
internal sealed record BackupEnd(long Files, string Sha256)
{
    public const string EntryName = "end.json";
}
