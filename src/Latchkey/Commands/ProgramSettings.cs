using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary>The settings of this process, as every command reads them.</summary>
internal static class ProgramSettings
{
    public static SettingsCatalogue Catalogue { get; } = SettingsCatalogue.Of(Modules.All);

    public static LoadedSettings Load() => SettingsLoader.Load(Catalogue, SettingsPlaces.Current());

    /// <summary>Loads them, or says everything that is wrong with them.</summary>
    /// <exception cref="LatchkeyStartException">Something is wrong; every error is in the message, by name.</exception>
    public static LoadedSettings LoadOrRefuse(Language language)
    {
        var loaded = Load();
        var errors = loaded.Report.Errors.Select(error => "  " + error.Describe(language)).ToList();

        if (errors.Count == 0)
            return loaded;

        string[] message =
        [
            language == Language.Russian ? "С такими настройками Latchkey не работает:" : "Latchkey can't work with these settings:",
            .. errors,
            language == Language.Russian ? "Подробнее: latchkey check-env" : "More about each: latchkey check-env",
        ];
        throw new LatchkeyStartException(string.Join(Environment.NewLine, message));
    }
}
