using System.Text.Json.Nodes;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>KIE.ai's callbacks, of the market and of Veo, and the shapes that others send in their name.</summary>
internal static class KieCallback
{
    public static string? TaskIdOf(OrderBody body)
    {
        var data = body.Node("data");

        return data.Text("taskId") ?? body.Text("taskId", "task_id") ?? data.Text("task_id");
    }
}
