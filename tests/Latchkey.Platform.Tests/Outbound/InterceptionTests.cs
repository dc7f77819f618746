using System.Net;
using Latchkey.Platform.Outbound;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Outbound;

public sealed class InterceptionTests
{
    private const string Url = "https://example.com/hook?a=b";

    [Fact]
    public async Task Can_intercept_what_the_safe_client_sends()
    {
        var outgoing = new InterceptedHttp().On(HttpMethod.Get, Url, HttpStatusCode.Accepted);
        await using var host = await RunningHost.StartAsync(new RunningHostOptions { Outgoing = outgoing });
        var client = host.Services.GetRequiredService<SafeHttpClient>();

        await using var answer = await client.SendAsync(new OutboundRequest(Url), CancellationToken.None);
        await Should.ThrowAsync<OutboundException>(() => client.SendAsync(new OutboundRequest(Url + "c"), CancellationToken.None));

        answer.Status.ShouldBe(202);
        Should.Throw<InvalidOperationException>(outgoing.AssertAllRegistered).Message.ShouldContain("a=bc");
    }
}
