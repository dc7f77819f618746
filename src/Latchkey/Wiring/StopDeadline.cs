using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Latchkey.Wiring;

/// <summary>
/// Connections that are still busy when the server is told to stop get two seconds. Without this, one slow download would use up the whole time
/// that the host has for stopping, and leave none to the encoders and the silo, which stop after the listener.
/// </summary>
internal static class StopDeadline
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <returns>What happens when it passes; of one server.</returns>
    public static CancellationToken StopDeadlineToken(this IServiceProvider services)
    {
        var deadline = new CancellationTokenSource();
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => deadline.CancelAfter(Grace));

        return deadline.Token;
    }

    /// <summary>By connection, not by request: that is seldom, and a request should cost nothing that it does not need.</summary>
    public static void UseStopDeadline(this ListenOptions listen, CancellationToken deadline) =>
        listen.Use(next =>
            async connection =>
            {
                await using var abort = deadline.UnsafeRegister(static state => ((ConnectionContext)state!).Abort(), connection);
                await next(connection);
            }
        );
}
