using CsCheck;
using Latchkey.Platform.Access;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Latchkey.Video.Uploads;
using Latchkey.Video.Videos;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

/// <summary>Parts of any size, in any order, at once, repeated and broken off: the bytes are those of the parts, one after the other.</summary>
public sealed class AssemblyTests(SharedApi shared) : IClassFixture<SharedApi>
{
    private const int LargestPart = 40_000;
    private const long Limit = 100_000_000;

    private static readonly Gen<Upload> Uploads =
        from sizes in Gen.OneOf(
            Gen.Int[1, LargestPart].Array[1, 12],
            // As clients really cut: parts of one size, and a rest; sometimes with one that is not.
            from size in Gen.Int[1, LargestPart]
            from count in Gen.Int[1, 12]
            from odd in Gen.Int[0, 15]
            select Enumerable.Range(0, count).Select(i => i == odd || i == count - 1 ? Math.Max(1, size * (odd + 1) / 12) : size).ToArray()
        )
        from order in Gen.Shuffle(Enumerable.Range(1, sizes.Length).ToArray())
        from side in Gen.Int[1, 4]
        from faults in Gen.Int[0, 9].Array[sizes.Length]
        from bytes in Gen.Bool
        select new Upload(sizes, order, side, faults, bytes);

    [Fact]
    public async Task Can_assemble_whatever_arrives_however_it_arrives()
    {
        await Uploads.SampleAsync(AssembleAsync, iter: 60, threads: 1);
    }

    private async Task AssembleAsync(Upload upload)
    {
        var id = await shared.Api.CreateVideoAsync();
        var whole = upload.Sizes.SelectMany((size, i) => ApiClient.Bytes(size, i)).ToArray();

        foreach (var batch in upload.Order.Chunk(upload.SideBySide))
            await Task.WhenAll(batch.Select(part => SendAsync(id, upload, part, whole.Length)));

        (await shared.Api.ReadSourceAsync(id)).ShouldBe(whole);
    }

    private async Task SendAsync(string videoId, Upload upload, int part, int total)
    {
        var content = ApiClient.Bytes(upload.Sizes[part - 1], part - 1);
        var offset = upload.Sizes.Take(part - 1).Sum();
        var range = upload.ByBytes
            ? new ContentRange(SourceMode.Bytes, offset, offset + content.Length - 1, total)
            : new ContentRange(
                SourceMode.Parts,
                part,
                0,
                upload.Faults[part - 1] % 2 == 0 || part == upload.Sizes.Length ? upload.Sizes.Length : null
            );

        switch (upload.Faults[part - 1])
        {
            case 0:
                // Broken off after a while, then sent again.
                await Should.ThrowAsync<IOException>(() => ReceiveAsync(videoId, range, new Broken(content)));
                await ReceiveAsync(videoId, range, new MemoryStream(content));
                break;
            case 1:
                // Twice at once: one wins.
                var both = new[] { TryReceiveAsync(videoId, range, content), TryReceiveAsync(videoId, range, content) };
                (await Task.WhenAll(both)).Count(won => won).ShouldBe(1);
                break;
            default:
                await ReceiveAsync(videoId, range, new MemoryStream(content));
                break;
        }
    }

    private async Task<bool> TryReceiveAsync(string videoId, ContentRange range, byte[] content)
    {
        try
        {
            await ReceiveAsync(videoId, range, new Slow(content));
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }

    /// <summary>What the receiver does, without its least sizes.</summary>
    private async Task ReceiveAsync(string videoId, ContentRange range, Stream content)
    {
        await using var scope = shared.Api.Host.Services.CreateAsyncScope();
        var at = scope.ServiceProvider;
        var db = at.GetRequiredService<VideoDb>();
        var video = await db.FindVideoAsync(KeyEnvironment.Production, videoId, CancellationToken.None);

        await using var lease = await at.GetRequiredService<OpenUploads>().JoinAsync(db, videoId, CancellationToken.None);
        await using var piece = lease.Upload.Begin(range);
        await piece.WriteAsync(content, CancellationToken.None);

        await at.GetRequiredService<UploadRecorder>()
            .RecordAsync(
                new ArrivedPiece(lease, piece, range, "film.mp4", Limit),
                video,
                new UploadSender(KeyEnvironment.Production, null, null),
                CancellationToken.None
            );
    }

    private sealed record Upload(int[] Sizes, int[] Order, int SideBySide, int[] Faults, bool ByBytes)
    {
        public override string ToString() =>
            $"sizes [{string.Join(' ', Sizes)}] order [{string.Join(' ', Order)}] side {SideBySide} faults [{string.Join(' ', Faults)}] bytes {ByBytes}";
    }

    /// <summary>Gives a few bytes at a time, so that requests interleave.</summary>
    private class Slow(byte[] content) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 7_000)], cancellationToken);
        }
    }

    private sealed class Broken(byte[] content) : Slow(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position * 2 > Length || Length < 2
                ? throw new IOException("The connection broke.")
                : base.ReadAsync(buffer, cancellationToken);
    }
}
