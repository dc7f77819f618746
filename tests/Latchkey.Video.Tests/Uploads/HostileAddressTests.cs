using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Latchkey.Platform.Outbound;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Video.Tests.Uploads;

/// <summary>
/// Sources whose address means no good: each ends with a named reason, without a call to where it leads and without a file. The network has
/// one honest site, <c>films.test</c> at 127.0.0.2, and this machine at 127.0.0.1, which must never be called.
/// </summary>
public sealed class HostileAddressTests(HostileAddressTests.Network network) : IClassFixture<HostileAddressTests.Network>
{
    private const string NotAllowed = "address_not_allowed";

    /// <summary><c>{port}</c> is a listener at 127.0.0.1 that must never be called.</summary>
    public static TheoryData<string> Forbidden =>
        [
            "http://127.0.0.1:{port}/film.mp4",
            "http://localhost:{port}/film.mp4",
            "http://2130706433:{port}/film.mp4",
            "http://0x7f.1:{port}/film.mp4",
            "http://0.0.0.0:{port}/film.mp4",
            "http://[::]:{port}/film.mp4",
            "http://[::1]:{port}/film.mp4",
            "http://[::ffff:127.0.0.1]:{port}/film.mp4",
            "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
            "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
            "http://[fd00:ec2::254]/latest/meta-data/",
            "http://[fe80::1]/film.mp4",
            "http://100.100.100.200/latest/meta-data/",
            "http://metadata.test/computeMetadata/v1/",
            "http://10.1.2.3/film.mp4",
            "http://172.16.0.1/film.mp4",
            "https://192.168.1.1/film.mp4",
            "http://private.test/film.mp4",
        ];

    public static TheoryData<string, string> Malformed =>
        new()
        {
            { "file:///etc/passwd", "invalid-attribute" },
            { "ftp://films.test/film.mp4", "invalid-attribute" },
            { "gopher://127.0.0.1:{port}/_x", "invalid-attribute" },
            { "concat:/etc/passwd|/etc/hosts", "invalid-attribute" },
            { "subfile,,start,0,end,0,,:/etc/passwd", "invalid-attribute" },
            { "/etc/passwd", "invalid-attribute" },
            { "http://user:secret@films.test/film.mp4", "credentials_in_url" },
        };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Cannot_be_a_private_address(string source) => (await network.TryAsync(source)).ShouldBe(NotAllowed);

    [Theory]
    [MemberData(nameof(Forbidden))]
    public async Task Cannot_be_a_redirect_to_a_private_address(string target) =>
        (await network.TryAsync(network.Redirect(target))).ShouldBe(NotAllowed);

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Cannot_be_anything_but_http(string source, string problem) => (await network.TryAsync(source)).ShouldBe(problem);

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Cannot_be_a_redirect_to_anything_but_http(string target, string problem)
    {
        // What has no scheme is a path of the site that redirects, which it does not know.
        var expected =
            target.Contains("://", StringComparison.Ordinal) || target.StartsWith("concat:", StringComparison.Ordinal)
                ? "invalid_redirect"
                : "http_404";

        (await network.TryAsync(network.Redirect(target))).ShouldBe(problem == "credentials_in_url" ? problem : expected);
    }

    [Fact]
    public async Task Cannot_go_round_for_ever() => (await network.TryAsync(network.Url("loop"))).ShouldBe("too_many_redirects");

    [Fact]
    public async Task Cannot_lead_elsewhere_when_its_name_is_looked_up_again()
    {
        network.Names["mind.test"] = new(["127.0.0.2", "127.0.0.1"]);
        (await network.TryAsync(network.Url("film.mp4", "mind.test"))).ShouldBe(
            "ingested",
            customMessage: "who was checked is who is called"
        );
        network.Names["mind.test"].ShouldHaveSingleItem("it was looked up once").ShouldBe("127.0.0.1");

        network.Names["mind.test"] = new(["127.0.0.2", "127.0.0.1"]);
        var back = $"http://mind.test:{network.Port}/film.mp4";
        (await network.TryAsync(network.Redirect(back, "mind.test"))).ShouldBe(NotAllowed);
    }

    public sealed class Network : IAsyncLifetime, IHostResolver
    {
        private readonly TcpListener _forbidden = new(IPAddress.Loopback, 0);
        private ApiHost _api = null!;
        private WebApplication _site = null!;

        /// <summary>The answers of DNS, one after the other; the last one stays.</summary>
        internal ConcurrentDictionary<string, ConcurrentQueue<string>> Names { get; } =
            new()
            {
                ["films.test"] = new(["127.0.0.2"]),
                ["localhost"] = new(["127.0.0.1"]),
                ["metadata.test"] = new(["169.254.169.254"]),
                ["private.test"] = new(["10.0.0.7"]),
            };

        public int Port => ((IPEndPoint)_forbidden.LocalEndpoint).Port;

        public async ValueTask InitializeAsync()
        {
            _forbidden.Start();
            _site = await StartSiteAsync();
            _api = await ApiHost.StartAsync(
                new RunningHostOptions
                {
                    Adjust = builder => builder.Services.Replace(ServiceDescriptor.Singleton<IHostResolver>(this)),
                }.With(PlatformSettings.OutboundAllow, "127.0.0.2")
            );
        }

        public async ValueTask DisposeAsync()
        {
            _forbidden.Pending().ShouldBeFalse("a forbidden address was called");
            await _api.DisposeAsync();
            await _site.DisposeAsync();
            _forbidden.Dispose();
        }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
        {
            if (!Names.TryGetValue(host, out var answers) || !answers.TryPeek(out var answer))
            {
                return Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
            }

            if (answers.Count > 1)
            {
                answers.TryDequeue(out _);
            }

            return Task.FromResult<IPAddress[]>([IPAddress.Parse(answer)]);
        }

        internal string Url(string path, string host = "films.test") => $"http://{host}:{new Uri(_site.Urls.First()).Port}/{path}";

        internal string Redirect(string target, string host = "films.test") => Url($"to?where={Uri.EscapeDataString(target)}", host);

        /// <returns><c>ingested</c>, the named reason, or the problem that the video was answered with.</returns>
        internal async Task<string> TryAsync(string source)
        {
            var before = _api.StoredSourceFiles().Count;
            var address = source
                .Replace("{port}", $"{Port}", StringComparison.Ordinal)
                .Replace("%7Bport%7D", $"{Port}", StringComparison.Ordinal);
            using var body = new StringContent(JsonSerializer.Serialize(new { title = "Film", source = address }));
            using var response = await _api.Client.PostAsync(new Uri("/videos", UriKind.Relative), body);
            var answer = await response.ReadAsync(response.StatusCode);

            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                _api.StoredSourceFiles().Count.ShouldBe(before);
                return answer.Text("type").Split('/')[^1];
            }

            var outcome = "";

            await Eventually.IsTrueAsync(async () =>
            {
                var ingest = (await _api.Client.GetAsync($"/videos/{answer.Text("videoId")}/status", HttpStatusCode.OK)).GetProperty(
                    "ingest"
                );
                outcome =
                    ingest.TryGetProperty("failureReason", out var reason) ? reason.GetString()
                    : ingest.Text("status") == "ingested" ? "ingested"
                    : "";
                return outcome is { Length: > 0 };
            });

            if (outcome != "ingested")
            {
                // The row says why before the folder is gone.
                await Eventually.IsTrueAsync(() => _api.StoredSourceFiles().Count == before, "something was left");
            }

            return outcome!;
        }

        private static async Task<WebApplication> StartSiteAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.2:0");
            builder.Logging.ClearProviders();
            var site = builder.Build();
            site.MapGet("/film.mp4", () => Results.Bytes(new byte[1000]));
            site.MapGet("/loop", () => Results.Redirect("/loop"));
            site.MapGet(
                "/to",
                (string where, HttpResponse answer) =>
                {
                    answer.StatusCode = StatusCodes.Status302Found;
                    answer.Headers.Location = where;
                }
            );
            await site.StartAsync();
            return site;
        }
    }
}
