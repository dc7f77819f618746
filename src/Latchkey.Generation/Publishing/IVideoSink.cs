namespace Latchkey.Generation.Publishing;

/// <summary>A video platform that takes finished clips. The program implements it on its Video module, when that is on.</summary>
public interface IVideoSink
{
    /// <summary>Makes a public video of a clip.</summary>
    /// <param name="path">A local file, which is only read.</param>
    /// <returns>The video's id.</returns>
    /// <exception cref="HttpRequestException">It was not taken; it can be offered again.</exception>
    Task<string> PublishAsync(string title, string path, CancellationToken cancellation);
}
