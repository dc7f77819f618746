using System.Globalization;
using System.Security.Authentication;

namespace Latchkey.Platform.Outbound;

internal static class OutboundFailure
{
    public static OutboundException TooLarge(long maxBytes) =>
        new(OutboundReasons.TooLarge, string.Create(CultureInfo.InvariantCulture, $"The answer is larger than {maxBytes} bytes."));

    /// <summary>The named form of what the HTTP stack threw.</summary>
    public static OutboundException Named(HttpRequestException exception, string host)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutboundException named)
                return named;

            if (cause is AuthenticationException)
                return new OutboundException(OutboundReasons.TlsFailed, $"No secure connection to {host} could be made.", exception);
        }

        return exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new OutboundException(OutboundReasons.DnsFailed, $"{host} was not found.", exception),
            HttpRequestError.ConnectionError => new OutboundException(
                OutboundReasons.ConnectFailed,
                $"{host} cannot be reached.",
                exception
            ),
            HttpRequestError.SecureConnectionError => new OutboundException(
                OutboundReasons.TlsFailed,
                $"No secure connection to {host} could be made.",
                exception
            ),
            _ => new OutboundException(OutboundReasons.ConnectionLost, $"{host} did not answer as HTTP wants.", exception),
        };
    }
}
