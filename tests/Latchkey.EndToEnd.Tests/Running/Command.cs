using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Running;

/// <summary>A program that is run to its end: ffmpeg, curl, node, the CLI.</summary>
internal sealed record Command(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs it, and fails the test when it fails.</summary>
    public static async Task<string> SucceedAsync(string program, IEnumerable<string> arguments, CommandSettings? settings = null)
    {
        var command = await RunAsync(program, arguments, settings);
        command.ExitCode.ShouldBe(0, $"{program} failed.\n{command.Output}\n{command.Errors}");

        return command.Output;
    }

    public static async Task<Command> RunAsync(string program, IEnumerable<string> arguments, CommandSettings? settings = null)
    {
        using var process = Start(program, arguments, settings);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Longest);

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);

        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new Command(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public static Process Start(string program, IEnumerable<string> arguments, CommandSettings? settings = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = settings?.Folder ?? Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A server of the person who runs the tests must not lend its settings to ours.
        foreach (var name in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(name);

        foreach (var (name, value) in settings?.Environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private static bool IsSetting(string name) =>
        name is "PORT" or "NODE_ENV" or "DOMAIN" || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static readonly string[] Prefixes =
    [
        "LATCHKEY_",
        "VIDEO_",
        "APP_",
        "APIVIDEO_",
        "API_",
        "SUPABASE_",
        "SMS_",
        "KIE_",
        "NEXT_PUBLIC_",
        "LAOZHANG_",
        "FAL_",
        "OPENAI_",
        "GENERATION_",
        "ENABLE_KLING_",
        "XRAY_",
        "V2RAY_",
        "REALITY_",
        "VPN_",
        "ASPNETCORE_",
    ];
}

/// <param name="Folder">Where it runs; the temporary folder when not given.</param>
internal sealed record CommandSettings(string? Folder = null, IReadOnlyDictionary<string, string>? Environment = null);
