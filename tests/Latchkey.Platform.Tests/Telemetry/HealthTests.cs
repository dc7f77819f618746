using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Latchkey.Platform.Access;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Telemetry;

public sealed class HealthTests : IAsyncLifetime
{
    private RunningHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/health")]
    [InlineData("/")]
    public async Task Can_ask_for_health_on_this_machine(string path)
    {
        var answer = await _host.Anonymous.GetFromJsonAsync<JsonElement>(path);

        answer.GetProperty("status").GetString().ShouldBe("ok");
        _host.AssertNoWarningsLogged();
    }

    [Theory]
    [InlineData("/healthz", "X-Forwarded-For")]
    [InlineData("/healthz", "Forwarded")]
    [InlineData("/readyz", "X-Real-IP")]
    [InlineData("/readyz", "Via")]
    public async Task Cannot_ask_through_a_proxy(string path, string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, "127.0.0.1");

        (await _host.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Can_read_metrics_with_an_admin_key()
    {
        await _host.Anonymous.GetAsync("/health");

        var answer = await _host.Client.GetAsync("/metrics");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("http_server_request_duration_seconds");
    }

    [Fact]
    public async Task Cannot_read_metrics_without_an_admin_key()
    {
        var issued = await _host
            .Services.GetRequiredService<ApiKeys>()
            .CreateAsync(new NewKey("narrow", KeyScopes.Video, KeyEnvironment.Production), CancellationToken.None);

        (await _host.Anonymous.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await GetMetricsAsync("wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await GetMetricsAsync(issued.Secret)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Can_verify_access_tokens_with_the_published_keys()
    {
        var directory = _host.Services.GetRequiredService<ApiKeyDirectory>();
        var caller = await directory.AuthenticateAsync(_host.AdminKey, CancellationToken.None);
        var pair = await _host.Services.GetRequiredService<AccessTokens>().IssueAsync(caller!, CancellationToken.None);

        var keys = new Microsoft.IdentityModel.Tokens.JsonWebKeySet(await _host.Anonymous.GetStringAsync("/.well-known/jwks.json"));
        var result = await new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler().ValidateTokenAsync(
            pair.AccessToken,
            new()
            {
                IssuerSigningKeys = keys.Keys,
                ValidIssuer = "latchkey",
                ValidAudience = "latchkey",
            }
        );

        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        keys.Keys.ShouldAllBe(key => !key.HasPrivateKey);
    }

    private async Task<HttpStatusCode> GetMetricsAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);

        return (await _host.Anonymous.SendAsync(request)).StatusCode;
    }
}
