using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Orleans.Runtime;

namespace Latchkey.Video.Encoding;

/// <summary>Failures of what lies around the video: the disk, the store, the database, another node. They pass, and then the work goes on.</summary>
internal static class PassingFailure
{
    public static bool Is(Exception exception) =>
        exception
            is IOException
                and not EndOfStreamException // A file that ends too early ends there each time.
                or UnauthorizedAccessException
                or TimeoutException
                or DbException
                or DbUpdateException
                or OrleansException;
}
