namespace Latchkey.Platform.Outbound;

/// <summary>What a URL from outside must look like before anything is done with it.</summary>
public static class OutboundUrl
{
    private const int Longest = 8192;

    /// <exception cref="OutboundException"><c>invalid_url</c> or <c>credentials_in_url</c>.</exception>
    public static Uri Parse(string text) =>
        text.Length <= Longest && Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? Check(url, OutboundReasons.InvalidUrl)
            : throw new OutboundException(OutboundReasons.InvalidUrl, "The address is no absolute http or https URL.");

    internal static Uri Redirected(Uri from, Uri location) =>
        location.OriginalString.Length <= Longest && Uri.TryCreate(from, location, out var url)
            ? Check(url, OutboundReasons.InvalidRedirect)
            : throw new OutboundException(OutboundReasons.InvalidRedirect, $"{from.Host} redirects to no valid URL.");

    private static Uri Check(Uri url, string reason)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            throw new OutboundException(reason, "The address is no http or https URL.");

        return url.UserInfo.Length == 0
            ? url
            : throw new OutboundException(OutboundReasons.CredentialsInUrl, "The address holds a user name or password.");
    }
}
