namespace Latchkey.Vpn.Tests.Running.Xray;

/// <summary>What the emulator does wrong when it is told to.</summary>
public enum Misbehaviour
{
    /// <summary>The connection is gone before anything is done.</summary>
    DropConnection,

    /// <summary>It does what was asked, and the connection is gone before it says so.</summary>
    LoseAnswer,

    /// <summary>It answers only when <c>Continue</c> is called.</summary>
    Wait,
}
