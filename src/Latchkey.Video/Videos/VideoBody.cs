using System.Text.RegularExpressions;
using Latchkey.Video.Api;

namespace Latchkey.Video.Videos;

/// <summary>Reads the bodies of creation and change, and says everything that is wrong with them at once.</summary>
internal static partial class VideoBody
{
    private const int LongestTitle = 500;
    private const int LongestDescription = 10_000;
    private const int LongestSource = 4096;
    private const int LongestName = 255;
    private const int MostTags = 100;
    private const int MostMetadata = 100;
    private const int LongestMetadataValue = 4096;

    private static readonly string[] SummaryAttributes = ["abstract", "takeaways"];

    public static VideoDraft ReadCreation(BodyReader body)
    {
        var title = body.RequiredText("title", LongestTitle);
        var draft = ReadCommon(body) with
        {
            Title = title,
            Source = body.Text("source", LongestSource),
            PublishedAt = body.Date("publishedAt"),
        };

        body.Date("scheduledAt");

        if (body.Object("watermark") is { } watermark)
            RefuseUnknownWatermark(body, watermark);

        draft = body.Object("clip") is { } clip ? ReadClip(draft, clip) : draft;

        body.ThrowIfInvalid();
        return draft;
    }

    public static VideoDraft ReadChange(BodyReader body)
    {
        var draft = ReadCommon(body) with { Title = body.Text("title", LongestTitle) };

        // What null unsets is empty here.
        draft = draft with
        {
            Description = body.IsNull("description") ? "" : draft.Description,
            Tags = body.IsNull("tags") ? [] : draft.Tags,
            Metadata = body.IsNull("metadata") ? [] : draft.Metadata,
        };

        if (body.IsNull("title") || (draft.Title is not null && string.IsNullOrWhiteSpace(draft.Title)))
            body.Invalid("title", "This attribute must not be empty.");

        body.Date("scheduledAt");
        body.ThrowIfInvalid();
        return draft;
    }

    private static VideoDraft ReadCommon(BodyReader body)
    {
        var language = body.OptionalText("language", LongestName);

        if (language.Value is { } code && !LanguageCode().IsMatch(code))
            body.Invalid("language", "This attribute must be a language code of letters and dashes, such as \"en\" or \"pt-BR\".");

        var attributes = body.Texts("transcriptSummaryAttributes", SummaryAttributes.Length, LongestName);

        if (attributes?.Except(SummaryAttributes, StringComparer.Ordinal).Any() == true)
            body.Invalid("transcriptSummaryAttributes", "Each element must be \"abstract\" or \"takeaways\".");

        return new VideoDraft
        {
            Description = body.Text("description", LongestDescription),
            Public = body.Boolean("public"),
            Panoramic = body.Boolean("panoramic"),
            Mp4Support = body.Boolean("mp4Support"),
            PlayerId = body.OptionalText("playerId", LongestName),
            Language = language,
            Tags = body.Texts("tags", MostTags, LongestName),
            Metadata = body.Pairs("metadata", MostMetadata, LongestName, LongestMetadataValue),
            Transcript = body.Boolean("transcript"),
            TranscriptSummary = body.Boolean("transcriptSummary"),
            TranscriptSummaryAttributes = attributes,
        };
    }

    private static VideoDraft ReadClip(VideoDraft draft, BodyReader clip)
    {
        var start = ReadTimecode(clip, "startTimecode");
        var end = ReadTimecode(clip, "endTimecode");

        if (end is not null && end <= (start ?? 0))
            clip.Invalid("endTimecode", "It must lie behind startTimecode.");

        return draft with
        {
            ClipStart = start ?? 0,
            ClipEnd = end,
        };
    }

    private static double? ReadTimecode(BodyReader clip, string name)
    {
        if (clip.Text(name, LongestName) is not { } text)
            return null;

        if (Timecodes.TryRead(text, out var seconds))
            return seconds;

        clip.Invalid(name, Timecodes.Format);
        return null;
    }

    private static void RefuseUnknownWatermark(BodyReader body, BodyReader watermark)
    {
        var id = watermark.RequiredText("id", LongestName);

        if (id is not null)
            body.Invalid("watermark", "There is no watermark with this id.");
    }

    [GeneratedRegex(@"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LanguageCode();
}
