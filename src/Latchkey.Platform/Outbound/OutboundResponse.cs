using System.Net.Http.Headers;

namespace Latchkey.Platform.Outbound;

/// <summary>An answer from outside; its body stops at the request's limits with an <see cref="OutboundException"/>.</summary>
public sealed class OutboundResponse : IAsyncDisposable
{
    private readonly HttpResponseMessage _message;
    private readonly OutboundDeadline _deadline;

    internal OutboundResponse(HttpResponseMessage message, Uri url, long maxBytes, OutboundDeadline deadline)
    {
        if (message.Content.Headers.ContentLength > maxBytes)
        {
            message.Dispose();
            throw OutboundFailure.TooLarge(maxBytes);
        }

        (_message, _deadline, Url) = (message, deadline, url);
        Content = new OutboundContent(message.Content, maxBytes, deadline);
    }

    public int Status => (int)_message.StatusCode;

    public bool IsSuccess => _message.IsSuccessStatusCode;

    /// <summary>Where the answer came from, after redirects.</summary>
    public Uri Url { get; }

    public HttpResponseHeaders Headers => _message.Headers;

    /// <summary>As the sender says; content is judged by its bytes.</summary>
    public string? ContentType => _message.Content.Headers.ContentType?.MediaType;

    /// <summary>As the sender says, or <c>null</c>.</summary>
    public long? Length => _message.Content.Headers.ContentLength;

    /// <summary>The body; can be read once.</summary>
    public Stream Content { get; }

    /// <exception cref="OutboundException">The status is not 2xx.</exception>
    public void EnsureSuccess()
    {
        if (!IsSuccess)
            throw new OutboundException(OutboundReasons.OfStatus(Status), $"{Url.Host} answered {Status}.");
    }

    public ValueTask DisposeAsync()
    {
        _message.Dispose();
        _deadline.Dispose();
        return ValueTask.CompletedTask;
    }
}
