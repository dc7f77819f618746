namespace Latchkey.Platform.Settings;

/// <summary>Latchkey cannot start, for a reason that the operator can mend. The message is one line for people, without a stack trace.</summary>
public sealed class LatchkeyStartException : Exception
{
    public LatchkeyStartException(string message)
        : base(message) { }

    public LatchkeyStartException(string message, Exception cause)
        : base(message, cause) { }
}
