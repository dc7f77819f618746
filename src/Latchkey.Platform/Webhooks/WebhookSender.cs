using Orleans;

namespace Latchkey.Platform.Webhooks;

internal sealed class WebhookSender(IGrainFactory grains) : IWebhookSender
{
    public void Wake(params IEnumerable<OutboxMessage> messages)
    {
        foreach (var key in messages.Select(message => WebhookDeliveryGrain.KeyOf(message.Module, message.EndpointId)).Distinct())
            // One-way: nothing is waited for, and what gets lost is found by the sweep.
            _ = grains.GetGrain<IWebhookDeliveryGrain>(key).WakeAsync();
    }
}
