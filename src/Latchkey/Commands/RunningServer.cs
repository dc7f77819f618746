using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;
using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>
/// A server that runs on the same data folder. It leaves its addresses there in a small file, so that commands can ask it over its
/// health route; the file of a killed server names an address where nothing answers.
/// </summary>
/// <param name="SettingsReadAt">What was written to a settings file later, it has not seen.</param>
internal sealed record RunningServer(string Address, DateTimeOffset SettingsReadAt)
{
    private const string FileName = "server.json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Says where the server of this process is, until the result is disposed.</summary>
    public static IDisposable Announce(LatchkeySettings settings, IEnumerable<string> addresses)
    {
        var path = PathFor(settings);
        var content = JsonSerializer.SerializeToUtf8Bytes(
            new Announcement(Environment.ProcessId, [.. addresses]),
            JsonSerializerOptions.Web
        );

        // Renamed in, so that nobody reads half of it.
        var draft = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(draft, content);
        File.Move(draft, path, overwrite: true);

        return new Withdrawal(path);
    }

    public static async Task<RunningServer?> FindAsync(LatchkeySettings settings, CancellationToken cancellation)
    {
        var addresses = ReadAnnouncement(settings)?.Addresses ?? [];

        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            // It is our own server; its certificate names the outside world's host, or nobody.
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (stream, _, _, _) => IsOnLoopback(stream),
            },
        };
        using var http = new HttpClient(handler) { Timeout = Patience };

        foreach (var address in addresses.Select(OnLoopback).OfType<Uri>())
        {
            if (await AskAsync(http, address, cancellation) is { } health)
                return new(address.GetLeftPart(UriPartial.Authority), health.StartedAt);
        }

        return null;
    }

    private static async Task<Health?> AskAsync(HttpClient http, Uri address, CancellationToken cancellation)
    {
        try
        {
            var health = await http.GetFromJsonAsync<Health>(new Uri(address, "/healthz"), cancellation);
            return health is { Status: "ok" } ? health : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or NotSupportedException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Announcement? ReadAnnouncement(LatchkeySettings settings)
    {
        try
        {
            return JsonSerializer.Deserialize<Announcement>(File.ReadAllBytes(PathFor(settings)), JsonSerializerOptions.Web);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>What listens on every interface is asked over loopback; what listens on another interface only can't be asked.</summary>
    private static Uri? OnLoopback(string address)
    {
        var reachable = address.Replace("://*", "://localhost").Replace("://+", "://localhost").Replace("://0.0.0.0", "://localhost");

        return Uri.TryCreate(reachable.Replace("://[::]", "://localhost"), UriKind.Absolute, out var uri) && uri.IsLoopback ? uri : null;
    }

    private static bool IsOnLoopback(object stream) =>
        stream is SslStream { TargetHostName: var host }
        && (host == "localhost" || IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    private static string PathFor(LatchkeySettings settings) => Path.GetFullPath(Path.Combine(settings[PlatformSettings.Data]!, FileName));

    private sealed record Announcement(int ProcessId, IReadOnlyList<string> Addresses);

    private sealed record Health(string Status, DateTimeOffset StartedAt);

    private sealed class Withdrawal(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
