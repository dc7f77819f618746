using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Latchkey.Vpn.Core;
using Latchkey.Vpn.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.Vpn.Tests.Core;

public sealed class CoreBinaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Can_be_named()
    {
        using var xray = new FakeXray();
        var settings = xray.Settings();

        CoreBinary.Find(settings).ShouldBe(new CoreBinary(xray.Path, CoreKind.Xray));
        CoreBinary.Validate(xray.Path).ShouldBeNull();
        CoreBinary.Remark(settings).ShouldBeNull();
    }

    [Fact]
    public void Can_be_found_and_shown_where_nothing_is_named()
    {
        var settings = new LatchkeySettings(new Dictionary<string, string>());
        var found = CoreBinary.Find(settings)!;

        found.ShouldNotBeNull("the tests need the package v2ray");
        CoreBinary.Remark(settings)!.English.ShouldBe($"Found: {found.Path} ({found.Kind}).");
    }

    [Fact]
    public void Can_be_another_kind_than_its_name_says()
    {
        using var xray = new FakeXray();

        CoreBinary.Find(xray.Settings((CoreSettings.Kind, "v2ray")))!.Kind.ShouldBe(CoreKind.V2Ray);
    }

    [Fact]
    public void Cannot_be_a_file_that_may_not_be_run()
    {
        var path = _folder.File("xray");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        CoreBinary.Validate(path)!.English.ShouldContain("chmod +x");
    }

    [Fact]
    public void Cannot_be_a_file_that_is_not_there_or_a_folder()
    {
        CoreBinary.Validate(_folder.File("xray"))!.English.ShouldContain("not there");
        CoreBinary.Validate(_folder.Path)!.English.ShouldContain("not there");
    }

    [Fact]
    public void Cannot_be_missing_where_we_run_it()
    {
        var found = new LatchkeySettings(new Dictionary<string, string> { [CoreSettings.RunsCore.Name] = "true" });

        // There is one on this machine, so that nothing need be named.
        CoreSettings.BinaryPath.RequiredWhen!(found).ShouldBeFalse();
    }
}
