using Latchkey.Vpn.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Vpn.Keys;

internal static class KeyResponses
{
    public static KeyResponse Of(VpnKey key, DateTimeOffset now) =>
        new(key.Id, key.Uuid, key.ShortId, key.Name, key.CreatedAt.ToUnixTimeSeconds(), key.State(now) == KeyState.Active);
}

/// <summary>Keys with all that goes beyond the contract, for those who ask by <c>?details=true</c>.</summary>
internal sealed class KeyDetails(SubscriptionAddress addresses, TimeProvider time)
{
    public static bool AreAskedFor(HttpRequest request) => request.Query["details"].ToString() is "true" or "1";

    public KeyDetailsResponse Of(VpnKey key, HttpRequest request)
    {
        var state = key.State(time.GetUtcNow());

        return new KeyDetailsResponse(
            key.Id,
            key.Uuid,
            key.ShortId,
            key.Name,
            key.CreatedAt.ToUnixTimeSeconds(),
            state == KeyState.Active,
            state.Word(),
            key.Note,
            key.DataLimit,
            key.ResetPeriod.Word(),
            key.Traffic.NextResetAt?.ToUnixTimeSeconds(),
            key.ExpiresAt?.ToUnixTimeSeconds(),
            key.DeviceLimit,
            key.Traffic.Upload,
            key.Traffic.Download,
            key.Traffic.UsedAt?.ToUnixTimeSeconds(),
            addresses.Of(key, request)
        );
    }
}
