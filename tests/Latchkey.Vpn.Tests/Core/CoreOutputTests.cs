using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public class CoreOutputTests
{
    [Theory]
    [InlineData(LogLevel.Warning, "2026/11/25 23:06:26 [Error] app/proxyman: it is bad", "[Error] app/proxyman: it is bad")]
    [InlineData(LogLevel.Warning, "2026/11/25 23:06:26.123456 [Warning] core: it is odd", "[Warning] core: it is odd")]
    [InlineData(LogLevel.Warning, "Failed to start: no file", "Failed to start: no file")]
    [InlineData(LogLevel.Information, "2026/11/25 23:06:26 [Info] infra: reading", "[Info] infra: reading")]
    [InlineData(LogLevel.Information, "2026/11/25 23:06:26 [Warning] core: Xray 25.9.11 started", "[Warning] core: Xray 25.9.11 started")]
    [InlineData(LogLevel.Information, "V2Ray 4.34.0 (V2Fly)", "V2Ray 4.34.0 (V2Fly)")]
    [InlineData(
        LogLevel.Debug,
        "2026/11/25 23:06:26 203.0.113.5:5000 accepted tcp:example.com:443 [direct] email: user_1_11111111",
        "203.0.113.5:5000 accepted tcp:example.com:443 [direct] email: user_1_11111111"
    )]
    public void Can_tell_how_important_a_line_is(LogLevel level, string line, string text) => CoreOutput.Read(line).ShouldBe((level, text));

    [Theory]
    [InlineData("invalid \"privateKey\": abc", "invalid \"privateKey\": …")]
    [InlineData("Password: hunter2, next", "Password: …, next")]
    [InlineData("user 5C1E8C6E-0a3b-4c5d-9e8f-7a6b5c4d3e2f is there", "user … is there")]
    [InlineData($"bad key {RealityConfiguration.PrivateKey}.", "bad key ….")]
    [InlineData($"bad key {RealityConfiguration.PrivateKey} there", "bad key … there")]
    [InlineData(
        "/usr/local/etc/a-folder-with-a-rather-long-name-of-its-own/config.json",
        "/usr/local/etc/a-folder-with-a-rather-long-name-of-its-own/config.json"
    )]
    public void Cannot_show_a_secret(string said, string shown) => CoreOutput.WithoutSecrets(said).ShouldBe(shown);

    [Fact]
    public void Cannot_fill_a_log_with_one_line() => CoreOutput.WithoutSecrets(new string('a', 100_000)).Length.ShouldBe(1001);
}
