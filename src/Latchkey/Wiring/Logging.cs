namespace Latchkey.Wiring;

internal static class Logging
{
    /// <summary>A newcomer's first screen shows Latchkey's lines only. ASP.NET's own request log would carry query strings, and so tokens.</summary>
    public static void AddLatchkeyLogging(this ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        logging.AddFilter("Polly", LogLevel.Warning);
        // Their warnings say that the machine is busy, which it may be, and that the garbage collector is the workstation's, which we chose.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Scheduler", LogLevel.Error);
        // A start that fails is told in one line by the command.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
            console.UseUtcTimestamp = true;
        });
    }
}
