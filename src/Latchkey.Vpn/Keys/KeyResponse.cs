using System.Text.Json.Serialization;

namespace Latchkey.Vpn.Keys;

/// <summary>A key as the contract has it. Nothing is added here: old clients may be strict.</summary>
/// <param name="KeyId">Its number.</param>
/// <param name="Uuid">What a client app authenticates with.</param>
/// <param name="ShortId">REALITY's short id.</param>
/// <param name="Name">As given at creation, or null.</param>
/// <param name="CreatedAt">In Unix seconds.</param>
/// <param name="IsActive">Whether it opens the VPN now.</param>
public record KeyResponse(
    // The contract's fields come first where there are more.
    [property: JsonPropertyOrder(-6)] long KeyId,
    [property: JsonPropertyOrder(-5)] string Uuid,
    [property: JsonPropertyOrder(-4)] string ShortId,
    [property: JsonPropertyOrder(-3)] string? Name,
    [property: JsonPropertyOrder(-2)] long CreatedAt,
    [property: JsonPropertyOrder(-1)] bool IsActive
);

/// <summary>A key with all that goes beyond the contract; sent to those who ask for it.</summary>
/// <param name="State">active, paused, expired, limited, or blocked (too many devices; comes back by itself).</param>
/// <param name="DataLimit">Bytes up and down together until the next reset, or null for no limit.</param>
/// <param name="ResetPeriod">never, daily, weekly, monthly or yearly.</param>
/// <param name="NextResetAt">In Unix seconds, or null.</param>
/// <param name="ExpiresAt">In Unix seconds, or null for never.</param>
/// <param name="DeviceLimit">Addresses that may use it at once, or null for no limit.</param>
/// <param name="Upload">Bytes since the last reset.</param>
/// <param name="Download">Bytes since the last reset.</param>
/// <param name="LastUsedAt">When traffic was last seen, in Unix seconds, or null.</param>
/// <param name="SubscriptionUrl">The address that client apps take their configuration from.</param>
public sealed record KeyDetailsResponse(
    long KeyId,
    string Uuid,
    string ShortId,
    string? Name,
    long CreatedAt,
    bool IsActive,
    string State,
    string? Note,
    long? DataLimit,
    string ResetPeriod,
    long? NextResetAt,
    long? ExpiresAt,
    int? DeviceLimit,
    long Upload,
    long Download,
    long? LastUsedAt,
    string SubscriptionUrl
) : KeyResponse(KeyId, Uuid, ShortId, Name, CreatedAt, IsActive);

/// <param name="Success">True.</param>
/// <param name="Message">What was done.</param>
public sealed record MessageResponse(bool Success, string Message);

/// <param name="Status">ok.</param>
/// <param name="Service">veil-xray-api.</param>
public sealed record StatusResponse(string Status, string Service);
