namespace Latchkey.Vpn.Tests.Running.Xray;

internal sealed record EmulatedUser(string Email, string Id, string Flow);

/// <param name="Method">Such as <c>AlterInbound add</c>.</param>
internal sealed record EmulatedCall(string Method, string Subject);
