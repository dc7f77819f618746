using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers;

/// <summary>Where providers call back, with an unguessable part for each job.</summary>
internal sealed class CallbackAddresses(LatchkeySettings settings)
{
    /// <summary>The name of the unguessable part in the query.</summary>
    public const string TokenName = "job";

    /// <returns><c>null</c> when the provider does not call back, or cannot reach us.</returns>
    public string? For(string provider, string token)
    {
        if (provider is not (ProviderNames.Kie or ProviderNames.Fal) || Base() is not { } address)
            return null;

        var secret = provider == ProviderNames.Kie ? settings[GenerationSettings.CallbackSecret] : null;
        var query = secret is null ? "" : $"secret={Uri.EscapeDataString(secret)}&";

        return $"{address}/api/webhooks/{provider}?{query}{TokenName}={token}";
    }

    /// <summary>Documents disagree whether KIE_CALLBACK_URL is the site's address or that of the route.</summary>
    private string? Base()
    {
        const string route = "/api/webhooks/kie";
        var address = (settings[GenerationSettings.CallbackUrl] ?? settings[PlatformSettings.PublicUrl])?.TrimEnd('/');

        return address?.EndsWith(route, StringComparison.OrdinalIgnoreCase) == true ? address[..^route.Length] : address;
    }
}
