using System.CommandLine;

namespace Latchkey.Commands;

internal static class CheckEnvCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON, for scripts." };
        var online = new Option<bool>("--online") { Description = "Ask each provider whether its key works." };
        var command = new Command(
            "check-env",
            "Say what every setting is, what it enables and where to get it. Fails when a required one is not good."
        )
        {
            json,
            online,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(json), parsed.GetValue(online), cancellation));

        return command;
    }

    private static async Task<int> RunAsync(bool json, bool online, CancellationToken cancellation)
    {
        var terminal = Terminal.Current();
        var check = await EnvironmentCheck.RunAsync(online, cancellation);

        if (json)
            terminal.Line(EnvironmentCheckJson.Write(check, terminal.Language));
        else
            new EnvironmentCheckText(terminal).Write(check);

        return check.IsGood ? 0 : 1;
    }
}
