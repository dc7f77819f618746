using Latchkey.Platform.Settings;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Models;

/// <summary>
/// The catalogue in force: the built-in one, or the operator's file, read again when it changes. A file that cannot be used is named in the
/// log, and what counted before goes on counting.
/// </summary>
internal sealed partial class ModelCatalogue
{
    private const string Resource = "catalogue.json";

    private readonly string? _path;
    private readonly LatchkeySettings _settings;
    private readonly ILogger<ModelCatalogue> _logger;
    private (DateTime ChangedAt, long Length) _read;
    private Catalogue _current;

    public ModelCatalogue(LatchkeySettings settings, ILogger<ModelCatalogue> logger)
    {
        (_settings, _logger, _path) = (settings, logger, settings[GenerationSettings.CatalogueFile]);
        _current = CatalogueReader.Read(BuiltIn());
        Reload();
    }

    public Catalogue Current => Volatile.Read(ref _current);

    /// <summary>The models that callers can have.</summary>
    public IEnumerable<CatalogueModel> Models => Current.Models.Where(model => model.Enabled && IsOn(model));

    /// <summary>Whether the setting that a model hangs on is true.</summary>
    public bool IsOn(CatalogueModel model) =>
        model.Flag is null
        || GenerationSettings.All.FirstOrDefault(setting => setting.Name == model.Flag) is { } flag && _settings.Boolean(flag);

    /// <summary>Looks whether the operator's file has changed.</summary>
    public void Reload()
    {
        if (_path is null)
            return;

        try
        {
            var file = new FileInfo(_path);
            var seen = (file.LastWriteTimeUtc, file.Length);

            if (seen == _read)
                return;

            _read = seen;
            var catalogue = CatalogueReader.Read(File.ReadAllBytes(_path));
            Volatile.Write(ref _current, catalogue);
            Log.Read(_logger, catalogue.Version, catalogue.Models.Count);
        }
        catch (Exception failure) when (failure is CatalogueException or IOException or UnauthorizedAccessException)
        {
            Log.NotRead(_logger, failure.Message);
        }
    }

    public static byte[] BuiltIn()
    {
        using var stream = typeof(ModelCatalogue).Assembly.GetManifestResourceStream(Resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);

        return bytes;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The catalogue of models {Version} is in force, with {Count} models")]
        public static partial void Read(ILogger logger, string version, int count);

        [LoggerMessage(LogLevel.Warning, "GENERATION_CATALOGUE is not used, the catalogue before it goes on counting: {Problem}")]
        public static partial void NotRead(ILogger logger, string problem);
    }
}
