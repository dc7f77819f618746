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
        routes.MapGet("/.well-known/jwks.json", GetKeySet).WithTags("Host").WithSummary("The keys that access tokens are signed with");
    }

    private static async Task<Ok<KeySetResponse>> GetKeySet(SigningKeys keys, HttpResponse response, CancellationToken cancellation)
    {
        response.Headers.CacheControl = "public, max-age=300";
        var honoured = await keys.HonouredAsync(cancellation);

        return TypedResults.Ok(new KeySetResponse([.. honoured.Select(PublicKeyResponse.From)]));
    }
}

/// <summary>RFC 7517, section 5.</summary>
public sealed record KeySetResponse(IReadOnlyList<PublicKeyResponse> Keys);

/// <summary>RFC 7518, section 6.3.1: an RSA public key.</summary>
public sealed record PublicKeyResponse(string Kty, string Use, string Alg, string Kid, string N, string E)
{
    internal static PublicKeyResponse From(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);

        return new PublicKeyResponse(
            "RSA",
            "sig",
            SecurityAlgorithms.RsaSha256,
            key.KeyId,
            Base64UrlEncoder.Encode(parameters.Modulus),
            Base64UrlEncoder.Encode(parameters.Exponent)
        );
    }
}
