using Grpc.Core;

namespace Latchkey.Vpn.Core;

/// <summary>The core does not answer, or refuses what it was asked.</summary>
internal sealed class CoreException(string reason, Exception? cause = null) : Exception(reason, cause)
{
    /// <summary>Whether the connection failed, so that nothing is known of what the core did.</summary>
    public bool IsUnreachable { get; private init; }

    /// <summary>The connection was given up while it was used.</summary>
    public static CoreException Unreachable(Exception cause) => new("The connection was closed.", cause) { IsUnreachable = true };

    public static CoreException From(RpcException failure) =>
        new(ReasonOf(failure), failure)
        {
            IsUnreachable =
                failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal,
        };

    /// <summary>gRPC has no words for some failures, and none that help for a refused connection.</summary>
    private static string ReasonOf(RpcException failure) =>
        failure switch
        {
            { StatusCode: StatusCode.Unavailable, Status.DebugException: { } cause } =>
                $"it cannot be reached: {cause.GetBaseException().Message}",
            { Status.Detail.Length: > 0 } => failure.Status.Detail,
            _ => $"no answer ({failure.StatusCode})",
        };
}
