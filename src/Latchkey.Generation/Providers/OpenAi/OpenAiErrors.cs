namespace Latchkey.Generation.Providers.OpenAi;

/// <summary><c>{"error":{"message","type","param","code"}}</c>, which others copy.</summary>
internal static class OpenAiErrors
{
    public static SubmitOutcome ReadSubmit(ProviderAnswer answer) =>
        answer switch
        {
            { Reach: ProviderReach.NotReached } => new SubmitOutcome.Refused(VendorFailures.NotReached),
            { Reach: ProviderReach.Lost } => new SubmitOutcome.Unclear(answer.Reason!),
            { Status: 429 } when answer.Text("error", "code") is "insufficient_quota" or "billing_hard_limit_reached" =>
                new SubmitOutcome.Refused(VendorFailures.NoMoney),
            { Status: 429 } => new SubmitOutcome.Refused(VendorFailures.Busy(answer.RetryAfter)),
            { Status: 401 or 403 } => new SubmitOutcome.Refused(VendorFailures.BadKey),
            { Status: 402 } => new SubmitOutcome.Refused(VendorFailures.NoMoney),
            { Status: 404 } => new SubmitOutcome.Refused(
                new(FailureKind.Vendor, "upstream_error", "The provider no longer has this model.")
            ),
            { Status: >= 400 and < 500 and not 408 } => new SubmitOutcome.Refused(
                Failure(answer.Text("error", "code") ?? "invalid_request", answer.Text("error", "message"))
            ),
            // With an error of its own the vendor says that it has not taken it.
            { Status: 503 } when answer.Text("error", "message") is not null => new SubmitOutcome.Refused(
                new(FailureKind.Vendor, "upstream_unavailable", "The provider cannot take the order now.")
            ),
            _ => new SubmitOutcome.Unclear("http_" + answer.Status),
        };

    /// <summary>Of an order that is refused, or a task that failed.</summary>
    public static ProviderFailure Failure(string? code, string? message) =>
        code is "moderation_blocked" or "content_policy_violation" || VendorFailures.IsContentPolicy(message) ? VendorFailures.ContentPolicy
        : code is "invalid_request" or "invalid_value" or "invalid_request_error"
            ? new(FailureKind.Order, "invalid_request", VendorFailures.Clean(message) ?? "The provider refused the order.")
        : new(FailureKind.Vendor, "generation_failed", VendorFailures.Clean(message) ?? "The provider could not make it.");
}
