using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Keys;

/// <summary>What a caller calls a creation, so that it can be sent again without making more keys.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    private const int Longest = 255;

    public static VpnProblem UsedBefore => VpnProblem.BadRequest($"This {Header} was used for another request");

    /// <returns>The name, or <c>null</c> when none was given.</returns>
    public static (string? Name, VpnProblem? Problem) Read(HttpRequest request) =>
        request.Headers[Header].ToString() switch
        {
            { Length: 0 } => (null, null),
            { Length: > Longest } => (null, VpnProblem.BadRequest($"{Header} must be at most {Longest} characters long")),
            var name => (name, null),
        };
}
