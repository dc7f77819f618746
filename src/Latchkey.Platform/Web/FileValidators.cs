using System.Globalization;
using Latchkey.Platform.Files;
using Microsoft.Net.Http.Headers;

namespace Latchkey.Platform.Web;

/// <summary>What tells one state of a stored file from another, as headers: a caller gives them back to ask whether it has changed.</summary>
public sealed record FileValidators(string ETag, string LastModified)
{
    public static FileValidators Of(StoredFile file) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"\"{file.ChangedAt.UtcTicks:x}-{file.Length:x}\""),
            HeaderUtilities.FormatDate(Seconds(file.ChangedAt))
        );

    /// <summary>The time as finely as a header can tell it.</summary>
    public static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
