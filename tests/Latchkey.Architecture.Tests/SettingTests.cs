using System.Reflection;
using System.Text.RegularExpressions;
using Latchkey.Platform.Settings;
using Shouldly;
using Xunit;

namespace Latchkey.Architecture.Tests;

/// <summary>Every environment variable explains itself in both languages.</summary>
public partial class SettingTests
{
    private static readonly IReadOnlyList<Setting> Settings =
    [
        .. new[] { "Latchkey.Platform" }
            .Concat(Repository.Modules)
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(property => property.PropertyType == typeof(Setting))
            .Select(property => (Setting)property.GetValue(null)!),
    ];

    [Fact]
    public void Can_find_the_settings() => Settings.Count.ShouldBeGreaterThan(20);

    [Fact]
    public void Cannot_declare_a_setting_twice() =>
        Settings
            .SelectMany(setting => setting.Aliases.Prepend(setting.Name))
            .GroupBy(name => name)
            .Where(names => names.Count() > 1)
            .Select(names => names.Key)
            .ShouldBeEmpty();

    [Fact]
    public void Cannot_leave_a_setting_unexplained() =>
        Settings.Where(setting => !IsInBothLanguages(setting.Enables)).Select(setting => setting.Name).ShouldBeEmpty();

    private static bool IsInBothLanguages(LocalizedText text) =>
        !string.IsNullOrWhiteSpace(text.English) && !Cyrillic().IsMatch(text.English) && Cyrillic().IsMatch(text.Russian);

    [GeneratedRegex(@"\p{IsCyrillic}")]
    private static partial Regex Cyrillic();
}
