namespace Latchkey.Platform.Settings;

/// <summary>A sentence that people see, in the two languages Latchkey speaks.</summary>
public sealed record LocalizedText(string English, string Russian)
{
    public string In(Language language) => language == Language.Russian ? Russian : English;
}
