using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Keys;

public class KeyEndpointsTests
{
    [Fact]
    public async Task Can_create_a_key_with_the_very_fields_of_the_contract()
    {
        await using var host = await VpnHost.StartAsync();

        var (status, key) = await host.SendAsync(HttpMethod.Post, "/api/keys", """{"name": "Вася"}""");

        status.ShouldBe(200);
        key!.AsObject().Select(field => field.Key).ShouldBe(["key_id", "uuid", "short_id", "name", "created_at", "is_active"]);
        ((string)key["name"]!).ShouldBe("Вася");
        ((string)key["short_id"]!).ShouldBe("7bb45050");
        ((bool)key["is_active"]!).ShouldBeTrue();
        Guid.TryParse((string)key["uuid"]!, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Cannot_get_the_number_of_a_deleted_key_again()
    {
        await using var host = await VpnHost.StartAsync();
        var first = (long)(await host.CreateKeyAsync())["key_id"]!;

        (await host.SendAsync(HttpMethod.Delete, $"/api/keys/{first}"))
            .Body!.ToJsonString()
            .ShouldBe($$"""{"success":true,"message":"Key {{first}} deleted successfully"}""");

        ((long)(await host.CreateKeyAsync())["key_id"]!).ShouldBeGreaterThan(first);
        (await host.SendAsync(HttpMethod.Get, $"/api/keys/{first}"))
            .Body!.ToJsonString()
            .ShouldBe($$"""{"detail":"Key with id {{first}} not found"}""");
    }
}
