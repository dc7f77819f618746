using System.CommandLine;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var serve = new Command("serve", "Run the server until Ctrl+C. It is what runs without a command, too.");
        serve.SetAction((_, cancellation) => RunAsync(cancellation));

        return serve;
    }

    public static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var terminal = Terminal.Current();

        try
        {
            var loaded = ProgramSettings.LoadOrRefuse(terminal.Language);
            await using var app = LatchkeyHost.Build(loaded.Values);
            await app.StartAsync(cancellation);
            using var announcement = RunningServer.Announce(loaded.Values, app.Urls);

            new StartBanner(terminal).Write(loaded, [.. app.Urls], app.Services.GetRequiredService<FirstKey>().TakeMadeSecret());
            await app.WaitForShutdownAsync(cancellation);

            return 0;
        }
        catch (LatchkeyStartException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);

            return 1;
        }
    }
}
