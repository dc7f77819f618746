namespace Latchkey.Generation.Providers.Kie;

/// <summary>KIE.ai answers HTTP 200 with the true code in the body; anything else comes from what stands before it.</summary>
internal static class KieErrors
{
    private const int Ok = 200;

    public static SubmitOutcome ReadSubmit(ProviderAnswer answer)
    {
        if (answer.Reach == ProviderReach.NotReached)
            return new SubmitOutcome.Refused(VendorFailures.NotReached);

        if (answer.Reach == ProviderReach.Lost)
            return new SubmitOutcome.Unclear(answer.Reason!);

        var code = answer.Json.Number("code");

        if (code == Ok && (answer.Text("data", "taskId") ?? answer.Text("data", "recordId")) is { Length: > 0 } taskId)
            return new SubmitOutcome.Accepted(taskId);

        return (code ?? answer.Status) switch
        {
            // Taken, it seems, but the answer is cut short: the task exists and has no name yet.
            Ok => new SubmitOutcome.Unclear("no_task_id"),
            >= 500 when code is null => new SubmitOutcome.Unclear("http_" + answer.Status),
            var known => new SubmitOutcome.Refused(OfCode(known, answer)),
        };
    }

    /// <summary>Why an answer to a query says nothing about the task; <c>null</c> when it does.</summary>
    public static QueryOutcome? Trouble(ProviderAnswer answer) =>
        answer.Reach != ProviderReach.Answered ? new QueryOutcome.Unavailable(answer.Reason!, null)
        : answer.Json.Number("code") is not { } code ? new QueryOutcome.Unavailable("http_" + answer.Status, answer.RetryAfter)
        : code == Ok ? null
        : code is 404 ? new QueryOutcome.NotKnown()
        : code is 501 ? new QueryOutcome.Failed(Failure(null, answer.Text("msg")))
        : new QueryOutcome.Unavailable("code_" + code, answer.RetryAfter);

    /// <summary>Of a task that KIE.ai says has failed.</summary>
    public static ProviderFailure Failure(string? code, string? message) =>
        VendorFailures.IsContentPolicy(message) ? VendorFailures.ContentPolicy
        : code is "422" or "400"
            ? new(FailureKind.Order, "invalid_request", VendorFailures.Clean(message) ?? "The provider refused the order.")
        : new(FailureKind.Vendor, "generation_failed", VendorFailures.Clean(message) ?? "The provider could not make it.");

    private static ProviderFailure OfCode(int code, ProviderAnswer answer) =>
        code switch
        {
            429 or 433 or 455 => VendorFailures.Busy(answer.RetryAfter),
            401 or 403 => VendorFailures.BadKey,
            402 => VendorFailures.NoMoney,
            400 or 422 => Failure("422", answer.Text("msg")),
            _ => new(FailureKind.Vendor, "upstream_error", "The provider cannot take the order now."),
        };
}
