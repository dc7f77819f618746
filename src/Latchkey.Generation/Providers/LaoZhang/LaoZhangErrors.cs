using Latchkey.Generation.Providers.OpenAi;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>OpenAI's errors, and LaoZhang's own words in them, some of which are Chinese.</summary>
internal static class LaoZhangErrors
{
    private const string NoPermission = "无权使用模型";
    private static readonly string[] Saturated = ["负载", "饱和", "saturat"];

    public static SubmitOutcome ReadSubmit(ProviderAnswer answer)
    {
        var message = answer.Text("error", "message") ?? answer.Text("message") ?? "";

        if (answer.Reach == ProviderReach.Answered && message.Contains(NoPermission, StringComparison.Ordinal))
            return new SubmitOutcome.Refused(VendorFailures.BadKey);

        // Said before anything was begun, whatever the status.
        if (answer.Reach == ProviderReach.Answered && Saturated.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return new SubmitOutcome.Refused(VendorFailures.Busy(answer.RetryAfter));

        return OpenAiErrors.ReadSubmit(answer);
    }

    /// <summary>Answered with success and nothing in it: billed perhaps, but made for nobody.</summary>
    public static SubmitOutcome WithoutPicture(ProviderAnswer answer)
    {
        var reason =
            answer.Text("promptFeedback", "blockReason")
            ?? ((answer.Json.At("candidates") as System.Text.Json.Nodes.JsonArray)?.FirstOrDefault()).Text("finishReason");

        return new SubmitOutcome.Refused(
            reason is "SAFETY" or "PROHIBITED_CONTENT" or "IMAGE_SAFETY" or "BLOCKLIST"
                ? VendorFailures.ContentPolicy
                : new(FailureKind.Vendor, "no_outputs", "The provider delivered nothing.")
        );
    }
}
