using Microsoft.Extensions.DependencyInjection;

namespace Latchkey.Platform.Webhooks;

internal static class WebhooksSetup
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookPost>();
        services.AddSingleton<IWebhookSender, WebhookSender>();
        return services;
    }
}
