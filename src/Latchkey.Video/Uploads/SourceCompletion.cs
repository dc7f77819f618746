using Latchkey.Platform.Files;
using Latchkey.Video.Data;
using Latchkey.Video.Encoding;
using Latchkey.Video.Encoding.Index;
using Latchkey.Video.Videos;

namespace Latchkey.Video.Uploads;

/// <summary>The end of an upload in pieces: each at its true place, then one transaction that says so and asks for the encoding.</summary>
internal sealed class SourceCompletion(IFileStore files, IEncodingStarter encoding, TimeProvider time)
{
    /// <summary>Whether all pieces are there.</summary>
    public static bool IsDue(VideoSource source) =>
        source is { State: SourceState.Uploading, Mode: SourceMode.Parts }
            ? source.TotalParts == source.Parts.Count
            : source.State == SourceState.Uploading && source.TotalBytes == source.Parts.Sum(part => part.Size);

    public static bool IsArranged(VideoSource source) =>
        TruePlaces(source).All(place => place.Part.AsideKey is null && place.Part.Offset == place.Offset);

    /// <summary>What lies where it will stay: of parts, those that follow each other from the first.</summary>
    public static ReceivedBytes Arranged(VideoSource source)
    {
        var places = TruePlaces(source).Where((place, n) => source.Mode == SourceMode.Bytes || place.Part.Number == n + 1);

        return new ReceivedBytes(
            places
                .TakeWhile(place => place.Part.AsideKey is null && place.Part.Offset == place.Offset)
                .Select(place => new ByteRange(place.Offset, place.Offset + place.Part.Size))
        );
    }

    /// <summary>The caller holds the upload's turn.</summary>
    public async Task FinishAsync(
        VideoDb db,
        OpenUpload upload,
        VideoObject video,
        VideoSource source,
        PieceWriter? last,
        CancellationToken cancellation
    )
    {
        // Repeats of pieces that are there may still be writing.
        await upload.StopOthersAsync(last);

        var size = source.Parts.Sum(part => part.Size);
        var (file, now) = (await upload.FileAsync(cancellation), time.GetUtcNow());

        await file.CompleteAsync(size, cancellation);

        source.Finish(size, now);
        video.Touch(now);
        encoding.Request(db, video, source, now);
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>
    /// Moves each piece to its true place. Bytes are only ever copied to where no piece lies, and the row follows the copy, so that a death
    /// at any moment loses nothing; what stands in its own or others' way waits aside for a moment.
    /// </summary>
    public async Task ArrangeAsync(VideoDb db, OpenUpload upload, VideoSource source, PieceWriter? last, CancellationToken cancellation)
    {
        await upload.StopOthersAsync(last);

        var places = TruePlaces(source).ToDictionary(place => place.Part, place => place.Offset);
        var file = await upload.FileAsync(cancellation);

        while (source.Parts.Where(part => part.AsideKey is null && part.Offset != places[part]).ToList() is { Count: > 0 } misplaced)
        {
            if (misplaced.Find(part => Obstacles(part).Count == 0) is { } free)
            {
                await SourceCopy.RunAsync(files, source.FileKey, free.Offset, file, places[free], free.Size, cancellation);
                free.MoveTo(places[free]);
                await db.SaveChangesAsync(cancellation);
            }
            else
            {
                // One that stands only in its own way goes aside and comes back at once, so little lies twice.
                var next = misplaced.Find(part => Obstacles(part) is [var only] && only == part) ?? misplaced[0];
                await MoveAsideAsync(next);

                if (Obstacles(next).Count == 0)
                    await MoveInAsync(next);
            }
        }

        foreach (var part in source.Parts.Where(part => part.AsideKey is not null).ToList())
            await MoveInAsync(part);

        List<ReceivedPart> Obstacles(ReceivedPart part) =>
            [.. source.Parts.Where(other => other.AsideKey is null && other.Offset < places[part] + part.Size && places[part] < other.End)];

        async Task MoveAsideAsync(ReceivedPart part)
        {
            var key = SourceFiles.AsideKey(source.Id);

            await using (var aside = await files.OpenGrowingAsync(key, cancellation))
            {
                await SourceCopy.RunAsync(files, source.FileKey, part.Offset, aside, 0, part.Size, cancellation);
                await aside.CompleteAsync(part.Size, cancellation);
            }

            part.MoveAside(key);
            await db.SaveChangesAsync(cancellation);
        }

        async Task MoveInAsync(ReceivedPart part)
        {
            var key = part.AsideKey!;

            await SourceCopy.RunAsync(files, key, 0, file, places[part], part.Size, cancellation);
            part.MoveTo(places[part]);
            await db.SaveChangesAsync(cancellation);
            await files.DeleteAsync(key, cancellation);
        }
    }

    private static IEnumerable<(ReceivedPart Part, long Offset)> TruePlaces(VideoSource source)
    {
        var offset = 0L;

        foreach (var part in source.Parts.OrderBy(part => part.Number))
        {
            yield return (part, source.Mode == SourceMode.Bytes ? part.Number : offset);
            offset += part.Size;
        }
    }
}
