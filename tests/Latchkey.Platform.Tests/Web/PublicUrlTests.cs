using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Web;

public sealed class PublicUrlTests
{
    [Theory]
    [InlineData("video.example.com", "http://video.example.com")]
    [InlineData("video.example.com:8080", "http://video.example.com:8080")]
    [InlineData("[::1]:8080", "http://[::1]:8080")]
    [InlineData("evil.com/path", null)]
    [InlineData("user@evil.com", null)]
    [InlineData("a\"><script>", null)]
    [InlineData("", null)]
    public async Task Can_follow_the_host_of_the_request_only_when_it_is_one(string host, string? expected)
    {
        await using var site = await TestSite.StartAsync(_ => { });
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString(host));

        site.Services.GetRequiredService<PublicUrl>().BaseFor(request).ShouldBe(expected ?? site.Address.GetLeftPart(UriPartial.Authority));
    }

    [Fact]
    public async Task Can_be_configured()
    {
        await using var site = await TestSite.StartAsync(_ => { });
        var url = new PublicUrl("https://video.example.com/", site.Services.GetRequiredService<IServer>());

        url.BaseFor(new DefaultHttpContext().Request).ShouldBe("https://video.example.com");
        url.BaseWithoutRequest.ShouldBe("https://video.example.com");
    }
}
