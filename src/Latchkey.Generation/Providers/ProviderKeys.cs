using System.Security.Cryptography;
using System.Text;
using Latchkey.Generation.Generations;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers;

/// <summary>The operator's keys of every provider: a pool, or one.</summary>
internal sealed class ProviderKeys
{
    private const int FingerprintLength = 12;
    private static readonly char[] Separators = [',', ' ', '\t', ';'];

    private readonly Dictionary<(string Provider, MediaKind Kind), KeySet> _sets = [];

    public ProviderKeys(LatchkeySettings settings)
    {
        Add(
            settings,
            ProviderNames.Kie,
            MediaKind.Image,
            GenerationSettings.KiePhotoPool,
            GenerationSettings.KiePhotoKey,
            GenerationSettings.KieKey
        );
        Add(
            settings,
            ProviderNames.Kie,
            MediaKind.Video,
            GenerationSettings.KieVideoPool,
            GenerationSettings.KieVideoKey,
            GenerationSettings.KieKey
        );

        foreach (var kind in Enum.GetValues<MediaKind>())
        {
            Add(settings, ProviderNames.LaoZhang, kind, GenerationSettings.LaoZhangPool, GenerationSettings.LaoZhangKey);
            Add(settings, ProviderNames.Fal, kind, GenerationSettings.FalPool, GenerationSettings.FalKey);
            Add(settings, ProviderNames.OpenAi, kind, GenerationSettings.OpenAiPool, GenerationSettings.OpenAiKey);
            _sets[(ProviderNames.Sandbox, kind)] = new([new ProviderKey(ProviderNames.Sandbox, "sandbox", "")], "");
        }
    }

    /// <summary>The keys for new tasks; empty when the operator has none.</summary>
    public IReadOnlyList<ProviderKey> For(string provider, MediaKind kind) => _sets[(provider, kind)].Keys;

    /// <summary>The name of the setting that is missing.</summary>
    public IReadOnlyList<string> MissingFor(string provider, MediaKind kind) =>
        _sets[(provider, kind)] is { Keys.Count: 0 } set ? [set.SettingName] : [];

    /// <summary>The key that a task was sent with; when the operator has taken it away, the first of the others.</summary>
    public ProviderKey? Find(string provider, MediaKind kind, string? keyId)
    {
        var keys = For(provider, kind);
        return keys.FirstOrDefault(key => key.Id == keyId) ?? (keys.Count > 0 ? keys[0] : null);
    }

    /// <param name="settings">The first one that is set counts; the last one's name is told when none is.</param>
    private void Add(LatchkeySettings values, string provider, MediaKind kind, params Setting[] settings)
    {
        var secrets = settings.Where(values.IsSet).Select(setting => values[setting]!).FirstOrDefault() ?? "";
        var keys = secrets
            .Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal)
            .Select(secret => new ProviderKey(provider, Fingerprint(secret), secret));

        _sets[(provider, kind)] = new([.. keys], settings[^1].Name);
    }

    private static string Fingerprint(string secret) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)))[..FingerprintLength];

    private sealed record KeySet(IReadOnlyList<ProviderKey> Keys, string SettingName);
}
