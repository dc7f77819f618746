namespace Latchkey.Platform.Access;

/// <summary>Public keys of a module, beside those of the access tokens at <c>/.well-known/jwks.json</c>.</summary>
public interface IPublishedKeys
{
    IReadOnlyList<PublicKeyResponse> Keys { get; }
}
