namespace Latchkey.Platform.Processes;

/// <summary>How much a run gives way to others on the machine, as <c>nice</c> counts it.</summary>
public static class Nice
{
    public const int None = 0;

    /// <summary>For what somebody will probably want: it gives way to what one waits for.</summary>
    public const int First = 10;

    public const int Background = 19;
}
