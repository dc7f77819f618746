using Latchkey.Platform.Settings;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Settings;

public class SettingRulesTests
{
    [Theory]
    [InlineData("PORT", "1", "65535", "8000")]
    [InlineData("LATCHKEY_LISTEN", "http://*:8000", "http://*:8000,https://127.0.0.1:8443", "http://[::1]:80")]
    [InlineData("LATCHKEY_TRUSTED_PROXIES", "10.0.0.5", "10.0.0.0/8, fd00::/8", "::1")]
    [InlineData("LATCHKEY_PUBLIC_URL", "http://localhost:8000", "https://video.example.com", "https://example.com/latchkey")]
    [InlineData("LATCHKEY_API_KEY", "0123456789abcdef", "a-key-made-by-hand-of-any-length", "lk_live_0123456789")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "production", "Development", "staging")]
    public void Can_take_good_values(string name, params string[] values) => values.ShouldAllBe(value => Judge(name, value) == null);

    [Theory]
    [InlineData("PORT", "0", "65536", "-1", "80a", "8 0")]
    [InlineData("LATCHKEY_LISTEN", "8000", "*:8000", "ftp://*:21", "http://*:8000/path", ",")]
    [InlineData("LATCHKEY_TRUSTED_PROXIES", "nginx", "10.0.0.0/99", "10.0.0.1;10.0.0.2")]
    [InlineData("LATCHKEY_PUBLIC_URL", "video.example.com", "ftp://example.com", "https://")]
    [InlineData("LATCHKEY_API_KEY", "short", "two words of a longer key")]
    [InlineData("LATCHKEY_TLS_CERT", "/nowhere/at/all.pem")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "two words")]
    public void Cannot_take_bad_values(string name, params string[] values) => values.ShouldAllBe(value => Judge(name, value) != null);

    [Theory]
    [InlineData("*")]
    [InlineData("https://panel.example, http://localhost:3000")]
    [InlineData("https://panel.example/")]
    [InlineData("http://[::1]:3000")]
    public void Can_take_origins(string value) => SettingRules.Origins(value).ShouldBeNull();

    [Theory]
    [InlineData("panel.example")]
    [InlineData("https://panel.example/app")]
    [InlineData("https://*.panel.example")]
    [InlineData("https://me:secret@panel.example")]
    [InlineData("https://panel.example;https://other.example")]
    [InlineData("ftp://panel.example")]
    [InlineData("null")]
    [InlineData(",")]
    public void Cannot_take_what_is_no_origin(string value) => SettingRules.Origins(value).ShouldNotBeNull();

    private static LocalizedText? Judge(string name, string value) =>
        PlatformSettings.All.Single(setting => setting.Name == name).Validate!(value);
}
