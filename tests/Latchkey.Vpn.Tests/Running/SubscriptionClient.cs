using System.Text;
using System.Text.Json.Nodes;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>Takes subscriptions as a client app does: without credentials, with the name of the app.</summary>
internal static class SubscriptionClient
{
    public static async Task<string> AddressOfAsync(this VpnHost host, JsonNode key) =>
        new Uri(
            (string)(await host.SendAsync(HttpMethod.Get, $"/api/keys/{key["key_id"]}/subscription")).Body!["subscription_url"]!
        ).PathAndQuery;

    public static Task<HttpResponseMessage> SubscribeAsync(
        this VpnHost host,
        string address,
        string app = "v2rayNG/1.9.5",
        string? language = null,
        string accept = "*/*"
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("User-Agent", app);
        request.Headers.TryAddWithoutValidation("Accept", accept);

        if (language is not null)
            request.Headers.TryAddWithoutValidation("Accept-Language", language);

        return host.Host.Anonymous.SendAsync(request);
    }

    public static async Task<string[]> LinksAsync(this HttpResponseMessage response) =>
        Encoding
            .UTF8.GetString(Convert.FromBase64String(await response.Content.ReadAsStringAsync()))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
