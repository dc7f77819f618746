namespace Latchkey.Platform.Outbound;

/// <summary>Why a call to an outside address failed. The names are stored on rows and shown to people.</summary>
public static class OutboundReasons
{
    public const string InvalidUrl = "invalid_url";
    public const string CredentialsInUrl = "credentials_in_url";
    public const string DnsFailed = "dns_failed";
    public const string AddressNotAllowed = "address_not_allowed";
    public const string ConnectFailed = "connect_failed";
    public const string TlsFailed = "tls_failed";
    public const string TimedOut = "timed_out";
    public const string TooLarge = "too_large";
    public const string TooManyRedirects = "too_many_redirects";
    public const string InvalidRedirect = "invalid_redirect";
    public const string ConnectionLost = "connection_lost";

    /// <summary>Such as <c>http_404</c>.</summary>
    public static string OfStatus(int status) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http_{status}");
}

/// <summary>A call to an outside address failed, with a named reason. The message names the host at most, never the path or the query.</summary>
public sealed class OutboundException(string reason, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="OutboundReasons"/>.</summary>
    public string Reason { get; } = reason;
}
