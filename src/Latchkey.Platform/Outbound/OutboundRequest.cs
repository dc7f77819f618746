namespace Latchkey.Platform.Outbound;

/// <summary>A request to an address that a caller named.</summary>
/// <param name="Url">Absolute, http or https, without credentials.</param>
public sealed record OutboundRequest(string Url)
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Sent exactly so.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of the answer's body.</summary>
    public long MaxBytes { get; init; } = 1024 * 1024;

    /// <summary>For everything: redirects, waiting, and reading the body.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing at all may arrive: before the answer, and in its body.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Followed for GET and HEAD only; with 0, and for other methods, the redirect is the answer.</summary>
    public int MaxRedirects { get; init; } = 5;
}
