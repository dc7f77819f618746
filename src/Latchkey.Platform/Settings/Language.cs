namespace Latchkey.Platform.Settings;

/// <summary>The languages of everything that the operator reads in a terminal.</summary>
public enum Language
{
    English = 0,
    Russian = 1,
}
