using Latchkey.Platform.Files;

namespace Latchkey.Video.Encoding.Copying;

/// <summary>The tables of the last few sources, so that each segment of one need not read them again.</summary>
internal sealed class RecentCopySources
{
    private const int Most = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<(StoredFile Key, Task<CopySource> File)> _recent = new();

    public async Task<CopySource> GetAsync(IStoredFileReader reader, CancellationToken cancellation)
    {
        Task<CopySource>? file = null;

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
                file = CopySource.OpenAsync(reader, CancellationToken.None);
                _recent.AddFirst((reader.File, file));

                if (_recent.Count > Most)
                {
                    _recent.RemoveLast();
                }
            }
        }

        return await file.WaitAsync(cancellation);
    }
}
