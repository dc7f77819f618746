namespace Latchkey.Generation.Providers.Fal;

/// <summary>Where a request lives: below owner and app alone, whatever longer name it was sent to.</summary>
internal static class FalPayload
{
    /// <summary>A route's protocol is its owner and app, so that a request is found again without its model.</summary>
    public static string PathOf(ProviderTask task) => $"/{task.Protocol}/requests/{Uri.EscapeDataString(task.TaskId!)}";

    /// <summary>Whether a route of the catalogue says where its requests are found.</summary>
    public static bool IsGood(string? protocol, string upstream) =>
        protocol is not null && protocol.Count(c => c == '/') == 1 && upstream.StartsWith(protocol + "/", StringComparison.Ordinal);
}
