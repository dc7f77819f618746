using System.Net;
using System.Net.Http.Headers;

namespace Latchkey.Platform.Outbound;

/// <summary>
/// For every URL that came from outside: it reaches public addresses only (and what <c>LATCHKEY_OUTBOUND_ALLOW</c> adds), checks each redirect
/// again, sends no cookies and no credentials, and never takes more bytes or time than told.
/// </summary>
public sealed class SafeHttpClient(IHttpClientFactory clients, TimeProvider time)
{
    /// <summary>The answer, whatever its status, with its body still to be read.</summary>
    /// <exception cref="OutboundException">There is no answer.</exception>
    public async Task<OutboundResponse> SendAsync(OutboundRequest request, CancellationToken cancellation)
    {
        var deadline = new OutboundDeadline(request.Timeout, request.IdleTimeout, time, cancellation);

        try
        {
            return await deadline.GuardAsync(token => Follow(request, deadline, token));
        }
        catch
        {
            deadline.Dispose();
            throw;
        }
    }

    /// <summary>Copies the body of a successful answer into a stream.</summary>
    /// <returns>How many bytes it had.</returns>
    /// <exception cref="OutboundException">Also for every status but 2xx, as <c>http_404</c>.</exception>
    public async Task<long> DownloadAsync(OutboundRequest request, Stream destination, CancellationToken cancellation)
    {
        await using var response = await SendAsync(request, cancellation);

        response.EnsureSuccess();
        await response.Content.CopyToAsync(destination, CopyBufferSize, cancellation);

        return response.Content.Position;
    }

    private const int CopyBufferSize = 128 * 1024;

    private async Task<OutboundResponse> Follow(OutboundRequest request, OutboundDeadline deadline, CancellationToken cancellation)
    {
        var url = OutboundUrl.Parse(request.Url);
        var mayFollow = request.MaxRedirects > 0 && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);

        for (var redirects = 0; ; redirects++)
        {
            var answer = await SendOnce(request, url, sameOrigin: redirects == 0, cancellation);

            if (!mayFollow || !IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
                return new OutboundResponse(answer, url, request.MaxBytes, deadline);

            answer.Dispose();

            if (redirects == request.MaxRedirects)
                throw new OutboundException(OutboundReasons.TooManyRedirects, $"There were more than {request.MaxRedirects} redirects.");

            url = OutboundUrl.Redirected(url, location);
        }
    }

    private async Task<HttpResponseMessage> SendOnce(OutboundRequest request, Uri url, bool sameOrigin, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, url);

        if (request.Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body);

        foreach (var (name, value) in request.Headers)
        {
            // What was meant for the first address is not told to where it sends us.
            if (!sameOrigin && IsPrivate(name))
                continue;

            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        if (message.Headers.UserAgent.Count == 0)
            message.Headers.UserAgent.Add(Agent);

        using var client = clients.CreateClient(OutboundSetup.SafeClient);

        try
        {
            return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException exception)
        {
            throw OutboundFailure.Named(exception, url.Host);
        }
    }

    private static readonly ProductInfoHeaderValue Agent = new("Latchkey", "1");

    private static bool IsPrivate(string header) =>
        header.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
        || header.StartsWith("X-", StringComparison.OrdinalIgnoreCase);

    private static bool IsRedirect(HttpStatusCode status) =>
        status
            is HttpStatusCode.MovedPermanently
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect;
}
