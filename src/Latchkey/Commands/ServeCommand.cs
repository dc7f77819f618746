using System.CommandLine;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var serve = new Command("serve", "Run the server until Ctrl+C.");
        serve.SetAction((_, cancellation) => RunAsync(cancellation));

        return serve;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            await using var app = LatchkeyHost.Build(new LatchkeySettings(new Dictionary<string, string>()));
            await app.StartAsync(cancellation);
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
