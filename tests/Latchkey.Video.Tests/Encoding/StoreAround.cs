using System.Runtime.CompilerServices;
using Latchkey.Platform.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Video.Tests.Encoding;

/// <summary>The server's own file store, with something between it and the server.</summary>
internal abstract class StoreAround(IFileStore real) : IFileStore
{
    protected IFileStore Real => real;

    /// <summary>Puts it into a server that is being built.</summary>
    public static void Put(IHostApplicationBuilder builder, Func<IFileStore, StoreAround> wrap)
    {
        var real = builder.Services.Last(service => service.ServiceType == typeof(IFileStore));
        builder.Services.Replace(
            ServiceDescriptor.Singleton<IFileStore>(services => wrap((IFileStore)real.ImplementationFactory!(services)))
        );
    }

    public virtual Task<bool> PublishAsync(string localPath, string key, CancellationToken cancellation) =>
        Reach().PublishAsync(localPath, key, cancellation);

    public ValueTask<StoredFile?> FindAsync(string key, CancellationToken cancellation) => Reach().FindAsync(key, cancellation);

    public ValueTask<IStoredFileReader?> OpenAsync(string key, CancellationToken cancellation) => Reach().OpenAsync(key, cancellation);

    public Task ReplaceAsync(string localPath, string key, CancellationToken cancellation) =>
        Reach().ReplaceAsync(localPath, key, cancellation);

    public Task<IGrowingFile> OpenGrowingAsync(string key, CancellationToken cancellation) => Reach().OpenGrowingAsync(key, cancellation);

    public Task MoveAsync(string key, string newKey, CancellationToken cancellation) => Reach().MoveAsync(key, newKey, cancellation);

    public Task LinkAsync(string key, string newKey, CancellationToken cancellation) => Reach().LinkAsync(key, newKey, cancellation);

    public Task DeleteAsync(string key, CancellationToken cancellation) => Reach().DeleteAsync(key, cancellation);

    public Task DeleteTreeAsync(string prefix, CancellationToken cancellation) => Reach().DeleteTreeAsync(prefix, cancellation);

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var key in Reach().ListAsync(prefix, cancellation))
        {
            yield return key;
        }
    }

    public string InputFor(string key) => real.InputFor(key);

    public long? FreeBytes() => real.FreeBytes();

    public ScratchFolder CreateScratch(string purpose) => real.CreateScratch(purpose);

    /// <summary>Before every use of it.</summary>
    protected virtual IFileStore Reach() => real;
}
