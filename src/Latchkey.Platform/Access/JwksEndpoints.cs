using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Platform.Access;

internal static class JwksEndpoints
{
    public static void MapJwks(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/.well-known/jwks.json", GetKeySet)
            .WithTags("Host")
            .WithSummary("The keys that access tokens and webhooks are signed with");
    }

    private static async Task<Ok<KeySetResponse>> GetKeySet(
        SigningKeys keys,
        IEnumerable<IPublishedKeys> modules,
        HttpResponse response,
        CancellationToken cancellation
    )
    {
        response.Headers.CacheControl = "public, max-age=300";
        var honoured = await keys.HonouredAsync(cancellation);

        return TypedResults.Ok(
            new KeySetResponse([.. honoured.Select(PublicKeyResponse.From), .. modules.SelectMany(module => module.Keys)])
        );
    }
}

/// <summary>RFC 7517, section 5.</summary>
public sealed record KeySetResponse(IReadOnlyList<PublicKeyResponse> Keys);

/// <summary>RFC 7517, section 4: an RSA key (RFC 7518, section 6.3.1) has <c>n</c> and <c>e</c>, an Ed25519 key (RFC 8037) <c>crv</c> and <c>x</c>.</summary>
public sealed record PublicKeyResponse(string Kty, string Use, string Alg, string Kid)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? N { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? E { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Crv { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? X { get; init; }

    /// <param name="id">What tells it from others.</param>
    /// <param name="key">Its 32 bytes.</param>
    public static PublicKeyResponse Ed25519(string id, ReadOnlySpan<byte> key) =>
        new("OKP", "sig", "EdDSA", id) { Crv = "Ed25519", X = Base64UrlEncoder.Encode(key.ToArray()) };

    internal static PublicKeyResponse From(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);

        return new("RSA", "sig", SecurityAlgorithms.RsaSha256, key.KeyId)
        {
            N = Base64UrlEncoder.Encode(parameters.Modulus),
            E = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
