namespace Latchkey.Video.Encoding;

/// <summary>
/// The playlists of a plan (RFC 8216). Every segment is listed from the start; who asks for one that is not made yet waits for it.
/// All URIs are relative: the master lists <c>{rendition}/manifest.m3u8</c>, that one lists <c>v{version}/init.mp4</c> and <c>v{version}/{n}.m4s</c>.
/// </summary>
internal static class Playlists
{
    /// <param name="decorate">What every URI passes through, such as to append a query for private playback.</param>
    public static string Master(EncodingPlan plan, Func<string, string>? decorate = null) => throw new NotSupportedException();

    /// <param name="rendition">A video rendition's name, or <see cref="AudioRendition.FolderName"/>; <c>null</c> comes back when the plan has none of that name.</param>
    public static string? Media(EncodingPlan plan, string rendition, Func<string, string>? decorate = null) =>
        throw new NotSupportedException();
}
