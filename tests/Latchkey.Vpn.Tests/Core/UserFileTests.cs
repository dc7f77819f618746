using Latchkey.Testing;
using Latchkey.Vpn.Data;
using Latchkey.Vpn.Tests.Running;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public class UserFileTests
{
    [Fact]
    public async Task Can_count_traffic_although_the_file_cannot_be_written()
    {
        await using var core = await RealCore.StartAsync();
        File.WriteAllText(core.ConfigurationPath, "broken meanwhile");
        await using var host = await VpnHost.StartAsync(core, new RunningHostOptions().With(CoreSettings.TrafficSeconds, "1"));
        var uuid = (string)(await host.CreateKeyAsync())["uuid"]!;
        await Eventually.IsTrueAsync(() => core.IsUserAsync(uuid), "the core has no user");
        await Eventually.IsTrueAsync(
            () => host.Host.Logs.Any(line => line.Text.Contains("is not as it should be") && line.Text.Contains("it is not JSON")),
            "nothing was said of the file"
        );

        (await core.IsUserAsync(uuid)).ShouldBeTrue();

        await using var db = await host
            .Host.Services.GetRequiredService<IDbContextFactory<VpnDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        // Each use is more than the one before.
        await Eventually.IsTrueAsync(() => db.Traffic.AnyAsync(row => row.Upload >= 2 * RealCore.Payload), "its traffic was not counted");
        File.ReadAllText(core.ConfigurationPath).ShouldBe("broken meanwhile");
    }
}
