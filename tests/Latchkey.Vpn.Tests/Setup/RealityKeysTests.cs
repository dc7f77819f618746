using Latchkey.Vpn.Setup;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Setup;

public class RealityKeysTests
{
    // RFC 7748, section 6.1.
    [Theory]
    [InlineData(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
    )]
    [InlineData(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
    )]
    public void Can_make_the_public_key(string privateKey, string publicKey) =>
        Convert.ToHexStringLower(X25519.PublicKeyOf(Convert.FromHexString(privateKey))).ShouldBe(publicKey);

    [Fact]
    public void Can_make_a_new_pair_each_time()
    {
        var (first, second) = (RealityKeys.New(), RealityKeys.New());

        first.ShouldNotBe(second);
        first.Private.Length.ShouldBe(43);
        first.Public.Length.ShouldBe(43);
        RealityKeys.Read($"PrivateKey: {first.Private}\nPassword: {first.Public}\n").ShouldBe(first);
    }

    [Theory]
    [InlineData("PrivateKey: {0}\nPassword: {1}\nHash32: NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN\n")]
    [InlineData("PrivateKey: {0}\r\nPassword (PublicKey): {1}\r\n")]
    [InlineData("Private key: {0}\nPublic key: {1}\n")]
    public void Can_read_what_xray_prints(string output)
    {
        var keys = RealityKeys.New();

        RealityKeys.Read(output.Replace("{0}", keys.Private).Replace("{1}", keys.Public)).ShouldBe(keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("xray x25519: unknown command")]
    [InlineData("PrivateKey: abc\nPassword: def")]
    [InlineData("PrivateKey: wDJ4Gq0ZxN8Zb8Jm5p2r0sT7uV1wX3yZ5aB7cD9eF1g\nPassword: wDJ4Gq0ZxN8Zb8Jm5p2r0sT7uV1wX3yZ5aB7cD9eF1g")]
    public void Cannot_read_what_is_no_pair(string output) => RealityKeys.Read(output).ShouldBeNull();
}
