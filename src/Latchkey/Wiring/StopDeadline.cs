namespace Latchkey.Wiring;

/// <summary>
/// Requests under way when the server is told to stop get two seconds. Without this, one slow download would use up the whole time that
/// the host has for stopping, and leave none to the encoders and the silo, which stop after the listener.
/// </summary>
internal static class StopDeadline
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public static void UseStopDeadline(this WebApplication app)
    {
        var deadline = new CancellationTokenSource();
        app.Lifetime.ApplicationStopping.Register(() => deadline.CancelAfter(Grace));

        app.Use(
            async (context, next) =>
            {
                await using var abort = deadline.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
                await next(context);
            }
        );
    }
}
