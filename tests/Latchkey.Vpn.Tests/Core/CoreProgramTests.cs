using System.Diagnostics;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public class CoreProgramTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Cannot_wait_for_ever_for_an_answer()
    {
        using var xray = new FakeXray("exec sleep 600");
        var began = Stopwatch.GetTimestamp();

        var failure = await Should.ThrowAsync<CoreException>(() =>
            CoreProgram.RunAsync(xray.Binary, ["x25519"], TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken)
        );

        failure.Message.ShouldContain("does not answer within 1 s");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Longest);
    }

    [Fact]
    public async Task Cannot_be_drowned_in_what_it_says()
    {
        using var xray = new FakeXray("yes 'a line that is said again and again' | head -n 100000; exit 3");

        var (exitCode, output) = await CoreProgram.RunAsync(xray.Binary, [], Longest, TestContext.Current.CancellationToken);

        exitCode.ShouldBe(3);
        output.Length.ShouldBeInRange(1000, 16 * 1024);
    }

    [Fact]
    public async Task Cannot_see_our_secrets()
    {
        Environment.SetEnvironmentVariable("API_SECRET_OF_A_TEST", "open-sesame");
        using var xray = new FakeXray("env");

        var (_, output) = await CoreProgram.RunAsync(xray.Binary, [], Longest, TestContext.Current.CancellationToken);

        output.ShouldContain("PATH=");
        output.ShouldNotContain("open-sesame");
    }

    [Fact]
    public async Task Cannot_be_a_program_that_is_no_program()
    {
        var failure = await Should.ThrowAsync<CoreException>(() =>
            CoreProgram.CheckAsync(new CoreBinary("/etc/hostname", CoreKind.Xray), "x.json", TestContext.Current.CancellationToken)
        );

        failure.Message.ShouldContain("/etc/hostname");
    }

    [Theory]
    [InlineData("""{ "inbounds": [] }""", true)]
    [InlineData("""{ "inbounds": [{ "protocol": "no such protocol", "port": 1 }] }""", false)]
    public async Task Can_ask_the_real_core(string configuration, bool isGood)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, configuration, TestContext.Current.CancellationToken);

        try
        {
            var asking = CoreProgram.CheckAsync(
                new CoreBinary("/usr/bin/v2ray", CoreKind.V2Ray),
                path,
                TestContext.Current.CancellationToken
            );

            if (isGood)
                await asking;
            else
                (await Should.ThrowAsync<CoreException>(() => asking)).Message.ShouldContain("refuses the configuration");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
