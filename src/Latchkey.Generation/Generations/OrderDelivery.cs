using Latchkey.Generation.Problems;
using Latchkey.Platform.Outbound;

namespace Latchkey.Generation.Generations;

/// <summary>What is to be done with what was made, beside storing it.</summary>
/// <param name="WebhookUrl">Told of the end.</param>
/// <param name="Publish">A clip goes to the Video module as well.</param>
internal sealed record OrderDelivery(string? WebhookUrl, bool Publish)
{
    public static OrderDelivery None { get; } = new(null, false);

    /// <summary>In whose words the end is told.</summary>
    public WebhookDialect Dialect { get; init; }

    /// <summary>What is wrong with it.</summary>
    public GenerationProblem? Problem()
    {
        try
        {
            if (WebhookUrl is not null)
                OutboundUrl.Parse(WebhookUrl);

            return null;
        }
        catch (OutboundException failure)
        {
            return GenerationProblem.Invalid((Dialect == WebhookDialect.Fal ? "fal_webhook: " : "webhookUrl: ") + failure.Message);
        }
    }
}

/// <summary>The shape of a webhook, and how it is signed.</summary>
internal enum WebhookDialect
{
    Latchkey,
    Fal,
}
