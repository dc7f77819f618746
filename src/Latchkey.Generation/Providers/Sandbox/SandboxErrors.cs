using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers.Sandbox;

/// <summary>Failures on demand, so that an app's handling of them can be tried: a prompt that begins with <c>fail:</c> and a reason.</summary>
internal static class SandboxErrors
{
    private const string Prefix = "fail:";

    public static ProviderFailure? Asked(GenerationOrder order)
    {
        var prompt = order.Prompt.Trim();

        if (!prompt.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return null;

        var word = prompt[Prefix.Length..].Trim().Split(' ')[0];
        var reason = word.Length is > 0 and <= 40 && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? word : "sandbox_failure";

        return new ProviderFailure(FailureKind.Order, reason, "The sandbox was asked to fail.");
    }
}
