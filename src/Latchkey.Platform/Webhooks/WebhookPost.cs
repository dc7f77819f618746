using System.Text.Json;
using Latchkey.Platform.Outbound;

namespace Latchkey.Platform.Webhooks;

/// <summary>One POST of a message.</summary>
internal sealed class WebhookPost(SafeHttpClient http, IEnumerable<IWebhookHeaders> modules, TimeProvider time)
{
    private const string IdHeader = "X-Latchkey-Message-Id";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task<WebhookAttempt> SendAsync(OutboxMessage message, CancellationToken cancellation)
    {
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        var (status, reason) = await Answer(message, cancellation);

        return new WebhookAttempt(message.Id, at, status, reason, time.GetElapsedTime(started));
    }

    private async Task<(int? Status, string? Reason)> Answer(OutboxMessage message, CancellationToken cancellation)
    {
        var request = new OutboundRequest(message.Url)
        {
            Method = HttpMethod.Post,
            Body = message.Body,
            Headers = HeadersOf(message, time.GetUtcNow()),
            Timeout = Limit,
            IdleTimeout = Limit,
            MaxRedirects = 0,
            // Only the status counts; the body is not read.
            MaxBytes = long.MaxValue,
        };

        try
        {
            await using var response = await http.SendAsync(request, cancellation);

            return (response.Status, response.IsSuccess ? null : OutboundReasons.OfStatus(response.Status));
        }
        catch (OutboundException failure)
        {
            return (null, failure.Reason);
        }
    }

    private Dictionary<string, string> HeadersOf(OutboxMessage message, DateTimeOffset now)
    {
        var headers = new Dictionary<string, string>(
            JsonSerializer.Deserialize<Dictionary<string, string>>(message.Headers) ?? [],
            StringComparer.OrdinalIgnoreCase
        );

        foreach (var module in modules.Where(module => module.Module == message.Module))
        {
            foreach (var (name, value) in module.For(message, now))
                headers[name] = value;
        }

        headers.TryAdd("Content-Type", "application/json");
        headers.TryAdd(IdHeader, message.Id.ToString());
        return headers;
    }
}
