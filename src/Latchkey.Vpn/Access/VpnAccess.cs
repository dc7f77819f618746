using System.Net;
using System.Security.Cryptography;
using System.Text;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Api;
using Microsoft.AspNetCore.Http;
using IPNetwork = System.Net.IPNetwork;

namespace Latchkey.Vpn.Access;

/// <summary>
/// Lets in who brings <c>API_SECRET_KEY</c>, or an API key of this server with scope <c>vpn</c>, from an allowed address. It runs before a
/// handler reads the body.
/// </summary>
internal sealed class VpnAccess : IEndpointFilter
{
    private const string Bearer = "Bearer ";

    private static readonly VpnProblem NotAuthenticated = new(StatusCodes.Status401Unauthorized, "Not authenticated");
    private static readonly VpnProblem OtherScheme = new(StatusCodes.Status401Unauthorized, "Invalid authentication credentials");
    private static readonly VpnProblem WrongToken = new(StatusCodes.Status401Unauthorized, "Invalid authentication token");
    private static readonly VpnProblem WrongScope = new(StatusCodes.Status403Forbidden, "This API key does not have the scope vpn");
    private static readonly VpnProblem WrongAddress = new(
        StatusCodes.Status403Forbidden,
        "Access denied. Your IP address is not authorized."
    );

    private readonly byte[] _secretHash;
    private readonly IReadOnlyList<IPNetwork> _allowed;
    private readonly ApiKeyDirectory _keys;

    public VpnAccess(LatchkeySettings settings, ApiKeyDirectory keys)
    {
        _secretHash = Hash(settings[VpnSettings.ApiSecretKey]!);
        _allowed = [.. settings.List(VpnSettings.AllowedAddresses).Select(Network)];
        _keys = keys;
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await RefuseAsync(context.HttpContext) ?? await next(context);

    private async ValueTask<VpnProblem?> RefuseAsync(HttpContext http)
    {
        if (!IsAllowed(http.Connection.RemoteIpAddress))
            return WrongAddress;

        var header = http.Request.Headers.Authorization.ToString();

        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return header.Contains(' ', StringComparison.Ordinal) ? OtherScheme : NotAuthenticated;

        var token = header[Bearer.Length..].Trim();

        if (token.Length == 0)
            return NotAuthenticated;

        if (CryptographicOperations.FixedTimeEquals(Hash(token), _secretHash))
            return null;

        return await _keys.AuthenticateAsync(token, http.RequestAborted) switch
        {
            null => WrongToken,
            var caller when caller.May(KeyScopes.Vpn) => null,
            _ => WrongScope,
        };
    }

    private bool IsAllowed(IPAddress? address)
    {
        if (_allowed.Count == 0)
            return true;

        var caller = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

        return caller is not null && _allowed.Any(network => network.Contains(caller));
    }

    // Hashes are of one length, so that comparing them tells nothing about the secret's.
    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network)
            ? network
            : new IPNetwork(IPAddress.Parse(text), IPAddress.Parse(text).GetAddressBytes().Length * 8);
}
