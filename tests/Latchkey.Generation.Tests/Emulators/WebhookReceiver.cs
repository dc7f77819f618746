using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Tests.Emulators;

/// <summary>A caller's own server.</summary>
internal sealed class WebhookReceiver(TimeProvider time) : Emulator(time)
{
    public ConcurrentQueue<(Dictionary<string, string> Headers, string Body)> Received { get; } = new();

    /// <summary>So many deliveries are answered with a 503 first.</summary>
    public int Refuses { get; init; }

    public int Refused { get; private set; }

    protected override void Map(WebApplication app) => app.MapPost("/hook", (Delegate)ReceiveAsync);

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        if (Refused < Refuses)
        {
            Refused++;
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(
            header => header.Key,
            header => header.Value.ToString(),
            StringComparer.OrdinalIgnoreCase
        );
        Received.Enqueue((headers, await reader.ReadToEndAsync()));

        return Results.Ok();
    }
}
