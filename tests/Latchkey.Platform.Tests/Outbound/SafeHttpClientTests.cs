using System.Net;
using System.Net.Sockets;
using Latchkey.Platform.Outbound;
using Latchkey.Platform.Tests.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Outbound;

public sealed class SafeHttpClientTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _stalled = new();
    private TestSite _site = null!;

    public async ValueTask InitializeAsync() => _site = await TestSite.StartAsync(MapOutside);

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://metadata.example/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://0.0.0.0/")]
    public async Task Cannot_reach_what_is_not_public(string url)
    {
        var client = Client([], ("metadata.example", ["169.254.169.254"]), ("localhost", ["127.0.0.1", "::1"]));

        (await ReasonAsync(client, new OutboundRequest(url))).ShouldBe(OutboundReasons.AddressNotAllowed);
    }

    [Theory]
    [InlineData("ftp://example.com/", OutboundReasons.InvalidUrl)]
    [InlineData("file:///etc/passwd", OutboundReasons.InvalidUrl)]
    [InlineData("/relative", OutboundReasons.InvalidUrl)]
    [InlineData("not a url", OutboundReasons.InvalidUrl)]
    [InlineData("http://user:password@example.com/", OutboundReasons.CredentialsInUrl)]
    [InlineData("http://unknown.example/", OutboundReasons.DnsFailed)]
    public async Task Cannot_use_a_bad_address(string url, string reason) =>
        (await ReasonAsync(Client([]), new OutboundRequest(url))).ShouldBe(reason);

    [Fact]
    public async Task Can_download_from_what_the_operator_allows()
    {
        foreach (var allowed in (string[])["127.0.0.1", "127.0.0.0/8", "files.example", $"files.example:{_site.Address.Port}"])
        {
            using var bytes = new MemoryStream();
            var client = Client([allowed], ("files.example", ["127.0.0.1"]));

            (await client.DownloadAsync(Request("/text"), bytes, CancellationToken.None)).ShouldBe(5);
            bytes.ToArray().ShouldBe("hello"u8.ToArray());
        }

        (await ReasonAsync(Client(["files.example:1"], ("files.example", ["127.0.0.1"])), Request("/text"))).ShouldBe(
            OutboundReasons.AddressNotAllowed
        );
    }

    [Fact]
    public async Task Cannot_be_rebound_to_another_address_after_the_check()
    {
        // Public when it is first asked for, private a moment later: there is only one question, and its answer is what is connected to.
        var resolver = new Resolver([], ["127.0.0.1"]);
        var connections = new PinnedConnections(resolver, new OutboundRules([]));
        resolver.First["rebound.example"] = ["203.0.114.1"];

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var failure = await Should.ThrowAsync<Exception>(async () =>
            await connections.ConnectAsync(new DnsEndPoint("rebound.example", _site.Address.Port), soon.Token)
        );

        failure.ShouldNotBeOfType<OutboundException>(); // it went for the public address, which nobody answers
        resolver.Asked.ShouldBe(1);
        (
            await Should.ThrowAsync<OutboundException>(async () =>
                await connections.ConnectAsync(new DnsEndPoint("rebound.example", _site.Address.Port), CancellationToken.None)
            )
        ).Reason.ShouldBe(OutboundReasons.AddressNotAllowed);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x", OutboundReasons.AddressNotAllowed)]
    [InlineData("http://[::1]/x", OutboundReasons.AddressNotAllowed)]
    [InlineData("http://169.254.169.254/", OutboundReasons.AddressNotAllowed)]
    [InlineData("ftp://files.example/x", OutboundReasons.InvalidRedirect)]
    [InlineData("http://a:b@files.example/x", OutboundReasons.CredentialsInUrl)]
    [InlineData("/loop", OutboundReasons.TooManyRedirects)]
    [InlineData("/missing", "http_404")]
    public async Task Cannot_be_redirected_to_where_it_may_not_go(string target, string reason)
    {
        var client = Client(["files.example"], ("files.example", ["127.0.0.1"]));

        (await ReasonAsync(client, Request("/to?url=" + Uri.EscapeDataString(target)))).ShouldBe(reason);
    }

    [Fact]
    public async Task Can_follow_a_redirect_without_giving_its_secrets_along()
    {
        using var bytes = new MemoryStream();
        var request = Request("/to?url=/echo") with { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer x" } };

        await Client(["files.example"], ("files.example", ["127.0.0.1"])).DownloadAsync(request, bytes, CancellationToken.None);

        System.Text.Encoding.UTF8.GetString(bytes.ToArray()).ShouldBe("authorization= cookie=");
    }

    [Theory]
    [InlineData("/text")]
    [InlineData("/chunked")]
    public async Task Cannot_take_more_than_the_limit(string path) =>
        (await ReasonAsync(Allowing(), Request(path) with { MaxBytes = 4 })).ShouldBe(OutboundReasons.TooLarge);

    [Fact]
    public async Task Cannot_be_filled_by_a_compressed_bomb()
    {
        using var bytes = new MemoryStream();

        (await Allowing().DownloadAsync(Request("/gzip"), bytes, CancellationToken.None)).ShouldBeLessThan(2000);
    }

    [Fact]
    public async Task Cannot_be_held_for_longer_than_the_limit()
    {
        var reason = ReasonAsync(Allowing(), Request("/stall") with { Timeout = TimeSpan.FromSeconds(10) });

        await _stalled.Task;
        _time.Advance(TimeSpan.FromSeconds(11));

        (await reason).ShouldBe(OutboundReasons.TimedOut);
    }

    [Fact]
    public async Task Cannot_be_held_by_a_body_that_stops()
    {
        var reason = ReasonAsync(Allowing(), Request("/half?stall=true") with { IdleTimeout = TimeSpan.FromSeconds(5) });

        await _stalled.Task;

        // The read may still be on its way into the wait.
        while (!reason.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }

        (await reason).ShouldBe(OutboundReasons.TimedOut);
    }

    [Fact]
    public async Task Cannot_take_half_an_answer_for_a_whole_one() =>
        (await ReasonAsync(Allowing(), Request("/half"))).ShouldBe(OutboundReasons.ConnectionLost);

    [Fact]
    public async Task Can_be_cancelled_by_its_caller()
    {
        using var leave = new CancellationTokenSource();
        var download = Allowing().DownloadAsync(Request("/stall"), Stream.Null, leave.Token);

        await _stalled.Task;
        await leave.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => download);
    }

    [Fact]
    public async Task Cannot_reach_a_closed_port()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        (await ReasonAsync(Allowing(), new OutboundRequest($"http://files.example:{port}/"))).ShouldBe(OutboundReasons.ConnectFailed);
    }

    [Fact]
    public async Task Cannot_pass_for_https_when_it_is_not() =>
        (await ReasonAsync(Allowing(), new OutboundRequest($"https://files.example:{_site.Address.Port}/text"))).ShouldBe(
            OutboundReasons.TlsFailed
        );

    public async ValueTask DisposeAsync() => await _site.DisposeAsync();

    private OutboundRequest Request(string path) => new($"http://files.example:{_site.Address.Port}{path}");

    private SafeHttpClient Allowing() => Client(["files.example"], ("files.example", ["127.0.0.1"]));

    private SafeHttpClient Client(string[] allowed, params (string Host, string[] Addresses)[] names)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IHostResolver>(new Resolver(names, []));
        services.AddOutbound(allowed);
        return services.BuildServiceProvider().GetRequiredService<SafeHttpClient>();
    }

    private static async Task<string> ReasonAsync(SafeHttpClient client, OutboundRequest request) =>
        (await Should.ThrowAsync<OutboundException>(() => client.DownloadAsync(request, Stream.Null, CancellationToken.None))).Reason;

    private void MapOutside(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/text", () => Results.Text("hello"));
        routes.MapGet("/to", (string url, HttpContext context) => Redirect(context, url));
        routes.MapGet("/loop", (HttpContext context) => Redirect(context, "/loop"));
        routes.MapGet("/echo", (HttpRequest request) => $"authorization={request.Headers.Authorization} cookie={request.Headers.Cookie}");
        routes.MapGet("/chunked", (HttpContext context) => context.Response.WriteAsync("hello"));
        routes.MapGet(
            "/gzip",
            async (HttpContext context) =>
            {
                context.Response.Headers.ContentEncoding = "gzip";
                await using var gzip = new System.IO.Compression.GZipStream(
                    context.Response.Body,
                    System.IO.Compression.CompressionLevel.SmallestSize
                );
                await gzip.WriteAsync(new byte[1_000_000]);
            }
        );
        routes.MapGet("/stall", StallAsync);
        routes.MapGet(
            "/half",
            async (bool? stall, HttpContext context) =>
            {
                context.Response.ContentLength = 10;
                await context.Response.Body.WriteAsync("half"u8.ToArray());
                await context.Response.Body.FlushAsync();

                if (stall == true)
                    await StallAsync(context);
                else
                    context.Abort();
            }
        );
    }

    private async Task StallAsync(HttpContext context)
    {
        _stalled.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static void Redirect(HttpContext context, string url)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = url;
        context.Response.Headers.SetCookie = "a=b";
    }

    /// <summary>Knows some names; says something else from the second time on.</summary>
    private sealed class Resolver((string Host, string[] Addresses)[] names, string[] later) : IHostResolver
    {
        public Dictionary<string, string[]> First { get; } = names.ToDictionary(name => name.Host, name => name.Addresses);
        public int Asked { get; private set; }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
        {
            var known = Asked++ > 0 && later.Length > 0 ? later : First.GetValueOrDefault(host);

            return known is null
                ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
                : Task.FromResult(Array.ConvertAll(known, IPAddress.Parse));
        }
    }
}
