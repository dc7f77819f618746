using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Setup;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Setup;

/// <summary><c>latchkey vpn configure</c>.</summary>
public sealed class CoreSetupTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => _folder.File("xray/config.json");

    [Fact]
    public async Task Can_write_a_whole_configuration_with_reality()
    {
        using var xray = new FakeXray();

        var done = await WriteAsync(
            xray.Settings(
                (CoreSettings.ConfigurationPath, Path),
                (CoreSettings.ApiPort, "20085"),
                (LinkSettings.Port, "8443"),
                (LinkSettings.ServerNameIndication, "example.org"),
                (LinkSettings.Destination, "www.example.org:443"),
                (LinkSettings.ShortId, "01abcdef"),
                (LinkSettings.PrivateKey, RealityConfiguration.PrivateKey)
            )
        );

        var root = Read();
        var publicKey = done.Lines.Single(line => line.Name == "REALITY_PUBLIC_KEY").Value;
        done.HasReality.ShouldBeTrue();
        done.CheckedBy.ShouldBe(xray.Path);
        done.BackupPath.ShouldBeNull();
        xray.Calls.ShouldBe([$"run -test -config {Path}.latchkey-new.json"]);
        publicKey.ShouldBe(
            Convert
                .ToBase64String(X25519.PublicKeyOf(Bytes(RealityConfiguration.PrivateKey)))
                .TrimEnd('=')
                .Replace('+', '-')
                .Replace('/', '_')
        );
        Json(root["stats"]).ShouldBe("{}");
        Json(root["api"]).ShouldBe("""{"tag":"api","services":["HandlerService","StatsService"]}""");
        Json(root["policy"]!["levels"]!["0"])
            .ShouldBe(
                """{"handshake":4,"connIdle":300,"uplinkOnly":2,"downlinkOnly":5,"statsUserUplink":true,"statsUserDownlink":true,"statsUserOnline":true}"""
            );
        Json(root["inbounds"]![0])
            .ShouldBe(
                """{"tag":"api-in","listen":"127.0.0.1","port":20085,"protocol":"dokodemo-door","settings":{"address":"127.0.0.1"}}"""
            );
        Json(root["inbounds"]![1])
            .ShouldBe(
                Json(
                    JsonNode.Parse(
                        """
                        {
                          "tag": "vless-reality", "listen": "0.0.0.0", "port": 8443, "protocol": "vless",
                          "settings": { "clients": [], "decryption": "none" },
                          "streamSettings": {
                            "network": "tcp", "security": "reality",
                            "realitySettings": {
                              "show": false, "dest": "www.example.org:443", "xver": 0, "serverNames": ["example.org", "www.example.org"],
                              "privateKey": "wDJ4Gq0ZxN8Zb8Jm5p2r0sT7uV1wX3yZ5aB7cD9eF1g", "shortIds": ["01abcdef"]
                            }
                          },
                          "sniffing": { "enabled": true, "destOverride": ["http", "tls", "quic"], "routeOnly": true }
                        }
                        """
                    )
                )
            );
        root["outbounds"]!.AsArray().Select(one => $"{one!["tag"]} {one["protocol"]}").ShouldBe(["direct freedom", "block blackhole"]);
        Json(root["routing"]!["rules"]![0]).ShouldBe("""{"type":"field","inboundTag":["api-in"],"outboundTag":"api"}""");
        root["routing"]!["rules"]![1]!["ip"]!.AsArray().Select(one => (string)one!).ShouldContain("127.0.0.0/8");
        File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Can_say_what_the_settings_lack()
    {
        var done = await WriteAsync(Settings());

        done.Lines.Select(line => line.Name).ShouldBe(["API_SECRET_KEY", "DOMAIN", "REALITY_PUBLIC_KEY"]);
        VpnSettings.ApiSecretKey.Validate!(done.Lines[0].Value).ShouldBeNull();
        LinkSettings.Domain.Validate!(done.Lines[1].Value).ShouldBeNull();
        Json(Read()).ShouldNotContain(done.Lines[2].Value);
    }

    [Fact]
    public async Task Can_say_nothing_where_nothing_lacks()
    {
        var keys = RealityKeys.New();

        var done = await WriteAsync(
            Settings(
                (VpnSettings.ApiSecretKey, VpnHost.Secret),
                (LinkSettings.Domain, "vpn.example.com"),
                (LinkSettings.PrivateKey, keys.Private),
                (LinkSettings.PublicKey, keys.Public)
            )
        );

        done.Lines.ShouldBeEmpty();
        Json(Read()).ShouldContain(keys.Private);
    }

    [Fact]
    public async Task Can_have_the_pair_made_by_xray()
    {
        var keys = RealityKeys.New();
        using var xray = new FakeXray(
            $"[ \"$1\" != x25519 ] || printf 'PrivateKey: {keys.Private}\\nPassword: {keys.Public}\\nHash32: x\\n'"
        );

        var done = await WriteAsync(xray.Settings((CoreSettings.ConfigurationPath, Path)));

        xray.Calls[0].ShouldBe("x25519");
        done.Lines.ShouldContain(new EnvironmentLine("REALITY_PUBLIC_KEY", keys.Public));
        Json(Read()).ShouldContain(keys.Private);
    }

    [Fact]
    public async Task Can_make_the_pair_itself_when_xray_cannot()
    {
        using var xray = new FakeXray("[ \"$1\" != x25519 ] || exit 1");

        (await WriteAsync(xray.Settings((CoreSettings.ConfigurationPath, Path)))).Lines.ShouldContain(line =>
            line.Name == "REALITY_PUBLIC_KEY"
        );
    }

    [Fact]
    public async Task Cannot_replace_a_configuration_unasked()
    {
        await WriteAsync(Settings());
        var before = File.ReadAllText(Path);

        (await Should.ThrowAsync<ConfigureException>(() => WriteAsync(Settings()))).Message.ShouldContain("--force");

        File.ReadAllText(Path).ShouldBe(before);
        Directory.GetFiles(_folder.File("xray")).ShouldBe([Path]);
    }

    [Fact]
    public async Task Can_replace_a_configuration_when_asked_and_keeps_file_and_key()
    {
        var first = await WriteAsync(Settings());
        var before = File.ReadAllText(Path);

        var second = await WriteAsync(Settings((LinkSettings.Port, "8443")), overwrites: true);

        second.BackupPath.ShouldBe(Path + ".20261125-120000.bak");
        File.ReadAllText(second.BackupPath!).ShouldBe(before);
        ((int)Read()["inbounds"]![1]!["port"]!).ShouldBe(8443);
        // Links that are out there go on working.
        second
            .Lines.Single(line => line.Name == "REALITY_PUBLIC_KEY")
            .ShouldBe(first.Lines.Single(line => line.Name == "REALITY_PUBLIC_KEY"));
    }

    [Fact]
    public async Task Cannot_write_what_the_core_refuses_and_shows_no_key()
    {
        using var xray = new FakeXray(
            $"[ \"$1\" = x25519 ] || {{ echo 'invalid \"privateKey\": {RealityConfiguration.PrivateKey}'; exit 23; }}"
        );

        var failure = await Should.ThrowAsync<ConfigureException>(() => WriteAsync(xray.Settings((CoreSettings.ConfigurationPath, Path))));

        failure.Message.ShouldContain("Nothing was written");
        failure.Message.ShouldNotContain(RealityConfiguration.PrivateKey);
        Directory.GetFiles(_folder.File("xray")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("REALITY_PRIVATE_KEY", "abc", "REALITY_PRIVATE_KEY is no X25519 key")]
    [InlineData("REALITY_PUBLIC_KEY", "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw", "but not the REALITY_PRIVATE_KEY")]
    [InlineData("REALITY_DEST", "www.example.org", "REALITY_DEST must be host:port")]
    [InlineData("XRAY_API_HOST", "core.example.org", "XRAY_API_HOST is core.example.org")]
    public async Task Cannot_use_settings_that_do_not_fit(string name, string value, string complaint)
    {
        var setting = VpnSettings.All.Single(one => one.Name == name);

        (await Should.ThrowAsync<ConfigureException>(() => WriteAsync(Settings((setting, value))))).Message.ShouldContain(complaint);

        File.Exists(Path).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_use_a_pair_that_is_none()
    {
        var settings = Settings((LinkSettings.PrivateKey, RealityKeys.New().Private), (LinkSettings.PublicKey, RealityKeys.New().Public));

        (await Should.ThrowAsync<ConfigureException>(() => WriteAsync(settings))).Message.ShouldContain("does not belong to");
    }

    [Fact]
    public async Task Can_write_a_configuration_that_the_real_v2ray_accepts()
    {
        var settings = new Dictionary<Setting, string>
        {
            [CoreSettings.BinaryPath] = "/usr/bin/v2ray",
            [CoreSettings.ConfigurationPath] = Path,
            [LinkSettings.Port] = $"{RealCore.FreePort()}",
        };

        var done = await CoreSetup.WriteAsync(
            new(settings.ToDictionary(pair => pair.Key.Name, pair => pair.Value)),
            new ConfigureWish(IsV2Ray: true, Overwrites: false),
            Now,
            TestContext.Current.CancellationToken
        );

        // It was asked, and its answer counts: see the test of a core that refuses.
        done.CheckedBy.ShouldBe("/usr/bin/v2ray");
        done.HasReality.ShouldBeFalse();
        done.Remarks[0].English.ShouldContain("V2Ray has no REALITY");
        done.Lines.Select(line => $"{line.Name}={line.Value}").ShouldContain("REALITY_FLOW=none");
        Json(Read()).ShouldNotContain("statsUserOnline");
    }

    [Fact]
    public async Task Can_write_a_configuration_that_a_real_xray_accepts()
    {
        var xray = Environment.GetEnvironmentVariable("LATCHKEY_TEST_XRAY");
        Assert.SkipWhen(string.IsNullOrEmpty(xray), "LATCHKEY_TEST_XRAY names no Xray.");

        var done = await WriteAsync(Settings((CoreSettings.BinaryPath, xray!), (CoreSettings.Kind, "xray")));

        done.CheckedBy.ShouldBe(xray);
        done.HasReality.ShouldBeTrue();
    }

    private LatchkeySettings Settings(params (Setting Setting, string Value)[] others) =>
        new(
            others
                .Append((CoreSettings.ConfigurationPath, Path))
                .ToDictionary(pair => pair.Item1.Name, pair => pair.Item2, StringComparer.Ordinal)
        );

    private static Task<ConfiguredCore> WriteAsync(LatchkeySettings settings, bool overwrites = false) =>
        CoreSetup.WriteAsync(settings, new ConfigureWish(IsV2Ray: false, overwrites), Now, TestContext.Current.CancellationToken);

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Path))!;

    private static string Json(JsonNode? node) => node!.ToJsonString();

    private static byte[] Bytes(string key) => Convert.FromBase64String(key.Replace('-', '+').Replace('_', '/') + "=");
}
