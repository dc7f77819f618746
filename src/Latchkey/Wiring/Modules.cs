using Latchkey.App;
using Latchkey.Generation;
using Latchkey.Platform;
using Latchkey.Platform.Settings;
using Latchkey.Video;
using Latchkey.Vpn;

namespace Latchkey.Wiring;

/// <summary>The systems that this program is made of.</summary>
internal static class Modules
{
    public static IReadOnlyList<IModule> All { get; } = [new VideoModule(), new AppModule(), new GenerationModule(), new VpnModule()];

    /// <summary>Those of <see cref="Wanted"/> that have what they need.</summary>
    public static IReadOnlyList<IModule> Enabled(LatchkeySettings settings) =>
        [.. Wanted(settings).Where(module => module.OffBecause(settings) is null)];

    /// <summary>Those of LATCHKEY_MODULES; all when it is not set.</summary>
    public static IReadOnlyList<IModule> Wanted(LatchkeySettings settings)
    {
        var names = settings.List(PlatformSettings.Modules);

        if (names.Count == 0)
            return All;

        var unknown = names.FirstOrDefault(name => !All.Any(module => Matches(module, name)));

        return unknown is null
            ? [.. All.Where(module => names.Any(name => Matches(module, name)))]
            : throw new LatchkeyStartException(
                $"LATCHKEY_MODULES names {unknown}, which there is not; there are: {string.Join(", ", All.Select(module => module.Name))}."
            );
    }

    private static bool Matches(IModule module, string name) => string.Equals(module.Name, name, StringComparison.OrdinalIgnoreCase);
}
