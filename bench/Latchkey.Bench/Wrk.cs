using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Latchkey.Bench;

/// <summary>Asks an address as often as it is answered, over 16 connections, for four seconds.</summary>
internal static partial class Wrk
{
    public static async Task<double> RequestsPerSecondAsync(Uri address, string? header = null)
    {
        string[] arguments = ["-t1", "-c16", "-d4s", .. header is null ? (string[])[] : ["-H", header], address.AbsoluteUri];
        using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();

        return !output.Contains("Non-2xx", StringComparison.Ordinal) && Rate().Match(output) is { Success: true } match
            ? double.Parse(match.Groups["rate"].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException(output);
    }

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[\d.]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Rate();
}
