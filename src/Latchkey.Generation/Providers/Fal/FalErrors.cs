using System.Text.Json.Nodes;

namespace Latchkey.Generation.Providers.Fal;

/// <summary>fal.ai's errors: <c>detail</c> is a text, or a list of what is wrong with which field.</summary>
internal static class FalErrors
{
    public static SubmitOutcome ReadSubmit(ProviderAnswer answer) =>
        answer switch
        {
            { Reach: ProviderReach.NotReached } => new SubmitOutcome.Refused(VendorFailures.NotReached),
            { Reach: ProviderReach.Lost } => new SubmitOutcome.Unclear(answer.Reason!),
            // In the queue, it seems, without a name.
            { IsSuccess: true } => new SubmitOutcome.Unclear("no_request_id"),
            { Status: 429 } => new SubmitOutcome.Refused(VendorFailures.Busy(answer.RetryAfter)),
            { Status: 401 or 403 } => new SubmitOutcome.Refused(VendorFailures.BadKey),
            { Status: 402 } => new SubmitOutcome.Refused(VendorFailures.NoMoney),
            { Status: 404 } => new SubmitOutcome.Refused(
                new(FailureKind.Vendor, "upstream_error", "The provider no longer has this model.")
            ),
            { Status: >= 400 and < 500 and not 408 } => new SubmitOutcome.Refused(OfResult(answer)),
            _ => new SubmitOutcome.Unclear("http_" + answer.Status),
        };

    /// <summary>Of a request that is over and failed.</summary>
    public static ProviderFailure OfResult(ProviderAnswer answer)
    {
        var message = Detail(answer.Json);

        return VendorFailures.IsContentPolicy(message) ? VendorFailures.ContentPolicy
            : answer.Status is 400 or 422
                ? new(FailureKind.Order, "invalid_request", VendorFailures.Clean(message) ?? "The provider refused the order.")
            : new(FailureKind.Vendor, "generation_failed", VendorFailures.Clean(message) ?? "The provider could not make it.");
    }

    private static string? Detail(JsonNode? body) =>
        body.At("detail") is JsonArray items
            ? string.Join("; ", items.Select(item => item.Text("msg") ?? item.Text("type")).OfType<string>())
            : body.Text("detail") ?? body.Text("error") ?? body.Text("message");
}
