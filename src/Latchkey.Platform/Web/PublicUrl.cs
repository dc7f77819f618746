using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>The base of every URL that is handed out.</summary>
/// <param name="configured"><c>LATCHKEY_PUBLIC_URL</c>, or <c>null</c>: then it is the address that the request came to.</param>
public sealed class PublicUrl(string? configured, IServer server)
{
    private readonly string? _configured = configured?.TrimEnd('/');

    /// <summary>Scheme, host and port, without a slash at the end.</summary>
    public string BaseFor(HttpRequest request) =>
        _configured ?? (IsHostName(request.Host) ? $"{request.Scheme}://{request.Host.Value}" : Local());

    /// <summary>For work that no request stands behind. Without a configured address it is this machine's own.</summary>
    public string BaseWithoutRequest => _configured ?? Local();

    /// <summary>A Host header can hold anything; what goes into our URLs is a name or an address, and a port.</summary>
    private static bool IsHostName(HostString host) =>
        host.HasValue
        && Uri.CheckHostName(host.Host) != UriHostNameType.Unknown
        && (host.Port is not null || !host.Value.EndsWith(':'))
        && Uri.TryCreate($"http://{host.Value}/", UriKind.Absolute, out var uri)
        && uri is { UserInfo: "", AbsolutePath: "/" };

    private string Local()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address =
            addresses.FirstOrDefault(address => address.StartsWith("http:", StringComparison.Ordinal)) ?? addresses.FirstOrDefault();

        if (address is null)
            return "http://localhost";

        // What is bound to every interface is reached at the loopback one from here.
        var bound = BindingAddress(address);
        return $"{bound.Scheme}://{bound.Host}:{bound.Port}";
    }

    private static (string Scheme, string Host, int Port) BindingAddress(string address)
    {
        var parsed = Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
        var host = parsed.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : parsed.Host;

        return (parsed.Scheme, host, parsed.Port);
    }
}
