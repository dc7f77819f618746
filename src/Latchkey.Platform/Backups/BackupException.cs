using Latchkey.Platform.Settings;

namespace Latchkey.Platform.Backups;

/// <summary>Why a backup cannot be made or restored, for people.</summary>
public sealed class BackupException(LocalizedText text, Exception? inner = null) : Exception(text.In(Language.English), inner)
{
    public BackupException(string english, string russian, Exception? inner = null)
        : this(new LocalizedText(english, russian), inner) { }

    public LocalizedText Text { get; } = text;
}
