using System.Text.Json.Nodes;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>Where a task is sent, and how its input is wrapped.</summary>
internal static class KiePayload
{
    private const string Veo = "veo";
    private const string VeoExtend = "veo_extend";

    public static bool IsVeo(string? protocol) => protocol is Veo or VeoExtend;

    public static (string Path, JsonObject Body) For(ProviderOrder order, JsonObject input)
    {
        if (!IsVeo(order.Protocol))
        {
            var task = new JsonObject { ["model"] = order.Upstream, ["input"] = input };
            AddCallback(task, order);
            return ("/api/v1/jobs/createTask", task);
        }

        // Veo's input is the body itself.
        if (order.Protocol == Veo)
            input["model"] = order.Upstream;

        AddCallback(input, order);
        return (order.Protocol == Veo ? "/api/v1/veo/generate" : "/api/v1/veo/extend", input);
    }

    private static void AddCallback(JsonObject body, ProviderOrder order)
    {
        if (order.CallbackUrl is not null)
            body["callBackUrl"] = order.CallbackUrl;
    }
}
