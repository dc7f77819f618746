using System.CommandLine;
using Latchkey.Commands;

var root = new RootCommand("Latchkey: one self-hosted backend for video, and what an app needs around it.")
{
    ServeCommand.Create(),
    CheckEnvCommand.Create(),
    KeysCommand.Create(),
    VideoCommand.Create(),
    GenerationCommand.Create(),
    BackupCommand.Create(),
    RestoreCommand.Create(),
    VpnCommand.Create(),
    DocumentsCommand.Create(),
};
root.SetAction((_, cancellation) => ServeCommand.RunAsync(cancellation));

// The host itself listens for Ctrl+C and SIGTERM, and takes the time it needs.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
