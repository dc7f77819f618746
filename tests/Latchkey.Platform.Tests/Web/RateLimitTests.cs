using System.Globalization;
using System.Net;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Cannot_call_more_often_than_allowed()
    {
        using var limit = new RateLimit(2, TimeSpan.FromHours(1), context => context.Request.Headers["X-Key"]);
        await using var site = await TestSite.StartAsync(
            routes => routes.MapGroup("/videos").WithRateLimit(limit).MapGet("/", () => "ok"),
            new Facade(["/videos"], new PlainProblems("video"))
        );

        using var first = await CallAsync(site, "a");
        using var second = await CallAsync(site, "a");
        using var third = await CallAsync(site, "a");
        using var other = await CallAsync(site, "b");

        first.Headers.GetValues("X-RateLimit-Limit").ShouldBe(["2"]);
        first.Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["1"]);
        second.Headers.GetValues("X-RateLimit-Remaining").ShouldBe(["0"]);
        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await third.Content.ReadAsStringAsync()).ShouldBe("video 429");
        int.Parse(third.Headers.GetValues("X-RateLimit-Retry-After").Single(), CultureInfo.InvariantCulture).ShouldBeInRange(3500, 3600);
        third.Headers.RetryAfter.ShouldNotBeNull();
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> CallAsync(TestSite site, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/videos");
        request.Headers.Add("X-Key", key);
        return await site.Client.SendAsync(request);
    }
}
