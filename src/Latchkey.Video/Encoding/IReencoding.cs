using Latchkey.Platform.Data;
using Latchkey.Video.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Video.Encoding;

/// <summary>Asks for videos to be encoded again, as the settings of the server are that takes it up, now or later.</summary>
public interface IReencoding
{
    Task<ReencodeAnswer> RequestAsync(string videoId, CancellationToken cancellation);

    /// <returns>How many were asked for: all that anything was encoded of.</returns>
    Task<int> RequestAllAsync(CancellationToken cancellation);
}

public enum ReencodeAnswer
{
    Requested,
    UnknownVideo,

    /// <summary>There is no source, or it was not looked at yet, or it cannot be shown: nothing can be made anew.</summary>
    NothingEncoded,
}

public static class ReencodingServices
{
    /// <summary>For the command line, which has the database and nothing else of the module.</summary>
    public static void AddReencoding(this IServiceCollection services)
    {
        services.AddModuleDb<VideoDb>(VideoModule.Prefix);
        services.AddSingleton<IReencoding, Reencoding>();
    }
}
