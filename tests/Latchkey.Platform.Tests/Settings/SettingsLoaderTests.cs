using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Settings;

public sealed class SettingsLoaderTests : IDisposable
{
    private static readonly Setting Key = new()
    {
        Name = "SHOP_API_KEY",
        Aliases = ["API_SHOP_KEY"],
        Module = "shop",
        Secret = true,
        RequiredWhen = settings => settings[Mode!] == "strict",
        Enables = new("Selling.", "Продажи."),
        Validate = SettingRules.NoSpaces,
    };

    private static readonly Setting Mode = new()
    {
        Name = "SHOP_MODE",
        Module = "shop",
        Enables = new("The mode.", "Режим."),
        Validate = SettingRules.OneOf("easy", "strict"),
    };

    private static readonly Setting Must = new()
    {
        Name = "LIBRARY_CARD",
        Module = "library",
        Required = true,
        Enables = new("Reading.", "Чтение."),
    };

    private static readonly SettingsCatalogue Catalogue = new([.. PlatformSettings.All, Key, Mode, Must], ["shop", "library"]);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["LATCHKEY_MODULES"] = "shop" };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Can_start_with_nothing_at_all()
    {
        _environment.Clear();
        var loaded = SettingsLoader.Load(new SettingsCatalogue(PlatformSettings.All, []), new(_environment, _folder.Path));

        loaded.Report.Problems.ShouldBeEmpty();
        loaded.Report.IsGood.ShouldBeTrue();
        loaded.Values.Integer(PlatformSettings.Port).ShouldBe(8000);
    }

    [Fact]
    public void Can_take_the_first_place_that_has_a_value()
    {
        _environment["LATCHKEY_ENV_FILE"] = "named.env";
        _environment["PORT"] = "1";
        Write("named.env", "PORT=2\nSHOP_MODE=easy\n");
        Write(".env", "PORT=3\nSHOP_MODE=strict\nLATCHKEY_DATA=here\n");
        Write("backend/.env", "PORT=4\nLATCHKEY_DATA=there\nSHOP_API_KEY=abc123abc\n");

        var loaded = Load();

        loaded.Values[PlatformSettings.Port].ShouldBe("1");
        loaded.Values[Mode].ShouldBe("easy");
        loaded.Values[PlatformSettings.Data].ShouldBe("here");
        loaded.Values[Key].ShouldBe("abc123abc");
        Find(loaded, Mode).Place.ShouldBe(new SettingPlace("SHOP_MODE", "named.env", 2));
        loaded
            .Report.Files.Select(file => (file.Path, file.State))
            .ShouldBe([("named.env", SettingsFileState.Read), (".env", SettingsFileState.Read), ("backend/.env", SettingsFileState.Read)]);
    }

    [Fact]
    public void Cannot_name_a_file_that_is_not_there()
    {
        _environment["LATCHKEY_ENV_FILE"] = "nowhere.env";

        Load()
            .Report.Errors.ShouldHaveSingleItem()
            .Describe(Language.English)
            .ShouldStartWith("LATCHKEY_ENV_FILE names a file that is not there");
    }

    [Fact]
    public void Can_prefer_the_name_to_its_alias_and_says_so()
    {
        Write(".env", "API_SHOP_KEY=from-alias\nSHOP_API_KEY=from-name\n");

        var loaded = Load();

        loaded.Values[Key].ShouldBe("from-name");
        loaded
            .Report.Warnings.ShouldHaveSingleItem()
            .Describe(Language.English)
            .ShouldBe(".env, line 1: API_SHOP_KEY is not used: SHOP_API_KEY is set too");
    }

    [Fact]
    public void Can_take_the_alias_when_the_name_holds_a_placeholder()
    {
        Write(".env", "SHOP_API_KEY=your_api_key_here\nAPI_SHOP_KEY=real-one\n");

        Load().Values[Key].ShouldBe("real-one");
    }

    [Theory]
    [InlineData("your_api_key_here")]
    [InlineData("YOUR-KEY")]
    [InlineData("please-change-this-now")]
    [InlineData("ваш_ключ")]
    [InlineData("Ваш-ключ-сюда")]
    [InlineData("<key>")]
    [InlineData("xxxxxxxx")]
    public void Cannot_take_a_placeholder_for_a_value(string value)
    {
        Write(".env", $"SHOP_API_KEY={value}\n");

        var loaded = Load();

        loaded.Values.IsSet(Key).ShouldBeFalse();
        Find(loaded, Key).State.ShouldBe(SettingState.Placeholder);
        loaded.Report.IsGood.ShouldBeTrue();
        loaded
            .Report.Warnings.ShouldHaveSingleItem()
            .Describe(Language.English)
            .ShouldStartWith(".env, line 1: SHOP_API_KEY is still the placeholder");
    }

    [Fact]
    public void Can_have_a_path_that_looks_like_a_placeholder()
    {
        _environment["LATCHKEY_DATA"] = "/srv/your-data";

        Load().Values[PlatformSettings.Data].ShouldBe("/srv/your-data");
    }

    [Fact]
    public void Cannot_pass_over_any_of_several_errors()
    {
        _environment["LATCHKEY_MODULES"] = "shop,library";
        Write(".env", "PORT=abc\nSHOP_MODE=wild\nSHOP_API_KEY=abc\ndef\n");

        Load()
            .Report.Errors.Select(error => error.Describe(Language.English))
            .ShouldBe([
                ".env, line 1: PORT must be a whole number from 1 to 65535",
                ".env, line 3: SHOP_API_KEY is broken over several lines: put its value on one line",
                ".env, line 2: SHOP_MODE must be one of: easy, strict",
                "LIBRARY_CARD is required, and not set",
            ]);
    }

    [Fact]
    public void Can_leave_out_what_a_disabled_module_requires()
    {
        var report = Load().Report;

        report.Modules.ShouldBe(["shop"]);
        report.IsGood.ShouldBeTrue();
        report.Settings.ShouldNotContain(finding => finding.Setting == Must);
    }

    [Fact]
    public void Cannot_turn_on_a_module_that_there_is_not()
    {
        _environment["LATCHKEY_MODULES"] = "shop,libary";

        Load()
            .Report.Errors.Select(error => error.Describe(Language.English))
            .ShouldContain("LATCHKEY_MODULES names unknown modules: libary. There are: shop, library");
    }

    [Fact]
    public void Can_require_a_setting_because_of_another_and_start_all_the_same()
    {
        _environment["SHOP_MODE"] = "strict";

        var report = Load().Report;

        report.Errors.ShouldBeEmpty();
        report.IsGood.ShouldBeFalse();
        report.Settings.ShouldContain(finding => finding.Setting == Key && finding.Required && finding.State == SettingState.Missing);
    }

    [Theory]
    [InlineData("SHOP_API_KYE", "SHOP_API_KEY")]
    [InlineData("shop_api_key", "SHOP_API_KEY")]
    [InlineData("SHOP-API-KEY", "SHOP_API_KEY")]
    [InlineData("SHOPAPIKEY", "SHOP_API_KEY")]
    [InlineData("PROT", "PORT")]
    [InlineData("LACHKEY_DATA", "LATCHKEY_DATA")]
    public void Can_tell_which_name_was_meant(string written, string meant)
    {
        Write(".env", $"{written}=1\n");

        Load()
            .Report.Warnings.ShouldHaveSingleItem()
            .Describe(Language.English)
            .ShouldBe($".env, line 1: {written} is not a setting: did you mean {meant}?");
    }

    [Fact]
    public void Can_tell_a_misspelt_variable_of_the_environment_from_a_foreign_one()
    {
        _environment["LATCHKEY_DATE"] = "x";
        _environment["SHOP_MODEL"] = "x";
        _environment["PATH_TO_PORT"] = "x";
        _environment["HOME"] = "x";

        Load()
            .Report.Warnings.Select(warning => warning.Describe(Language.English))
            .ShouldBe([
                "LATCHKEY_DATE is not a setting: did you mean LATCHKEY_DATA?",
                "SHOP_MODEL is not a setting: did you mean SHOP_MODE?",
            ]);
    }

    [Fact]
    public void Cannot_show_a_piece_of_a_secret_as_an_unknown_name()
    {
        Write(".env", "a9Kd83hq=Zk2\n");

        Load()
            .Report.Warnings.ShouldHaveSingleItem()
            .Describe(Language.English)
            .ShouldBe(".env, line 1: this is no name of a setting, and is ignored");
    }

    [Theory]
    [InlineData("short", "•••• (5)")]
    [InlineData("a-long-secret-of-23-let", "••••-let (23)")]
    public void Cannot_show_a_secret(string secret, string shown)
    {
        Write(".env", $"SHOP_API_KEY={secret}\n");

        Find(Load(), Key).Shown.ShouldBe(shown);
    }

    [Fact]
    public void Cannot_show_a_password_in_an_address()
    {
        _environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://me:hunter2@collector:4317";

        Find(Load(), PlatformSettings.OtlpEndpoint).Shown!.ShouldNotContain("hunter2");
    }

    [Fact]
    public void Can_honour_NODE_ENV_where_the_other_name_is_not_set()
    {
        _environment["NODE_ENV"] = "production";

        Load().Values.IsProduction().ShouldBeTrue();

        _environment["ASPNETCORE_ENVIRONMENT"] = "Development";

        Load().Values.IsProduction().ShouldBeFalse();
    }

    private LoadedSettings Load() => SettingsLoader.Load(Catalogue, new(_environment, _folder.Path));

    private static SettingFinding Find(LoadedSettings loaded, Setting setting) =>
        loaded.Report.Settings.Single(finding => finding.Setting == setting);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), content);
    }
}
