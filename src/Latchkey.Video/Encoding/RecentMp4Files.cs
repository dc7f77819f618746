using Latchkey.Platform.Files;
using Latchkey.Video.Mp4;

namespace Latchkey.Video.Encoding;

/// <summary>The sample tables of the last few sources, so that each segment of one need not read them again.</summary>
internal sealed class RecentMp4Files
{
    private const int Most = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<(StoredFile Key, Task<Mp4File> File)> _recent = new();

    public async Task<Mp4File> GetAsync(IStoredFileReader reader, CancellationToken cancellation)
    {
        Task<Mp4File>? file = null;

        lock (_gate)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == reader.File && !node.Value.File.IsFaulted && !node.Value.File.IsCanceled)
                {
                    file = node.Value.File;
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    break;
                }
            }

            if (file is null)
            {
                // Not under the first caller's cancellation: others may wait for the same.
                file = ReadAsync(reader);
                _recent.AddFirst((reader.File, file));

                if (_recent.Count > Most)
                {
                    _recent.RemoveLast();
                }
            }
        }

        return await file.WaitAsync(cancellation);
    }

    private static async Task<Mp4File> ReadAsync(IStoredFileReader reader) =>
        await Mp4Reader.ReadAsync(reader, CancellationToken.None)
        ?? throw new MediaException(MediaFailure.Malformed, "The source is not the one that the plan was made of.");
}
