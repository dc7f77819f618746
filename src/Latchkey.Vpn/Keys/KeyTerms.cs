namespace Latchkey.Vpn.Keys;

/// <summary>A value that a request may leave out, which is another thing than null.</summary>
internal readonly record struct Given<T>(bool IsGiven, T Value)
{
    public T Or(T other) => IsGiven ? Value : other;

    public static implicit operator Given<T>(T value) => new(true, value);
}

/// <summary>What a request says of a key; what it leaves out stays as it is.</summary>
internal sealed record KeyTerms
{
    public static KeyTerms None { get; } = new();

    public Given<string?> Name { get; init; }
    public Given<string?> Note { get; init; }
    public Given<bool> IsActive { get; init; }
    public Given<DateTimeOffset?> ExpiresAt { get; init; }

    /// <summary>In bytes.</summary>
    public Given<long?> DataLimit { get; init; }

    public Given<ResetPeriod> ResetPeriod { get; init; }
    public Given<int?> DeviceLimit { get; init; }

    /// <summary>Whether there is more than the name, which is all that the contract has.</summary>
    public bool GoesBeyondTheContract =>
        Note.IsGiven || IsActive.IsGiven || ExpiresAt.IsGiven || DataLimit.IsGiven || ResetPeriod.IsGiven || DeviceLimit.IsGiven;
}
