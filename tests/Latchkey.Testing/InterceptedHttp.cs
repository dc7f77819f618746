using System.Collections.Concurrent;
using System.Net;

namespace Latchkey.Testing;

/// <summary>Stands in for the outside world: answers what a test registered, and makes every other request fail, and the test with it.</summary>
public sealed class InterceptedHttp
{
    private readonly ConcurrentDictionary<(HttpMethod, string), Func<OutgoingRequest, HttpResponseMessage>> _answers = new();
    private readonly ConcurrentQueue<OutgoingRequest> _requests = new();
    private readonly ConcurrentQueue<string> _unregistered = new();

    public InterceptedHttp() => Handler = new Interceptor(this);

    public HttpMessageHandler Handler { get; }

    /// <summary>Everything sent so far, oldest first.</summary>
    public IReadOnlyList<OutgoingRequest> Requests => [.. _requests];

    /// <param name="url">The whole address, with its query.</param>
    public InterceptedHttp On(HttpMethod method, string url, Func<OutgoingRequest, HttpResponseMessage> answer)
    {
        _answers[(method, new Uri(url).AbsoluteUri)] = answer;

        return this;
    }

    public InterceptedHttp On(HttpMethod method, string url, HttpStatusCode status) =>
        On(method, url, _ => new HttpResponseMessage(status));

    /// <summary>Fails when something was sent that no test had registered.</summary>
    public void AssertAllRegistered()
    {
        if (!_unregistered.IsEmpty)
            throw new InvalidOperationException("Sent, but not registered: " + string.Join(", ", _unregistered));
    }

    private sealed class Interceptor(InterceptedHttp owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            var headers = request
                .Headers.Concat(request.Content?.Headers.AsEnumerable() ?? [])
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
            var sent = new OutgoingRequest(request.Method, request.RequestUri!, headers, body);
            owner._requests.Enqueue(sent);

            if (owner._answers.TryGetValue((request.Method, request.RequestUri!.AbsoluteUri), out var answer))
                return answer(sent);

            owner._unregistered.Enqueue($"{request.Method} {request.RequestUri}");
            throw new HttpRequestException($"{request.Method} {request.RequestUri} is not registered in this test.");
        }
    }
}

public sealed record OutgoingRequest(HttpMethod Method, Uri Url, IReadOnlyDictionary<string, string> Headers, byte[] Body);
