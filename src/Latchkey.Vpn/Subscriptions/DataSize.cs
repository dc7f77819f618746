using System.Globalization;
using Latchkey.Platform.Settings;

namespace Latchkey.Vpn.Subscriptions;

/// <summary>Bytes as client apps show them: in steps of 1,024, with the short names of the decimal units.</summary>
internal static class DataSize
{
    private const int Step = 1024;

    private static readonly string[] English = ["B", "KB", "MB", "GB", "TB", "PB"];
    private static readonly string[] Russian = ["Б", "КБ", "МБ", "ГБ", "ТБ", "ПБ"];

    public static string Write(long bytes, Language language)
    {
        double value = bytes;
        var unit = 0;

        for (; value >= Step && unit < English.Length - 1; unit++)
            value /= Step;

        var number = value.ToString(unit == 0 ? "0" : "0.##", CultureInfo.InvariantCulture);

        return language == Language.Russian ? $"{number.Replace('.', ',')} {Russian[unit]}" : $"{number} {English[unit]}";
    }
}
