using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.Fal;

/// <summary>fal.ai's queue (https://docs.fal.ai/model-endpoints/queue).</summary>
internal sealed class FalProvider(ProviderHttp http, FalUploads uploads, LatchkeySettings settings) : IProvider
{
    private static readonly TimeSpan SubmitPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QueryPatience = TimeSpan.FromSeconds(15);

    public string Name => ProviderNames.Fal;

    /// <summary>Only its webhook can tell of a lost submission: fal.ai lists no requests.</summary>
    public bool CanReconcile(ProviderTask task) => task.HasCallback;

    public async Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var (input, failure) = await uploads.PlaceAsync(order, cancellation);

        if (input is null)
            return new SubmitOutcome.Refused(failure!);

        var webhook = order.CallbackUrl is null ? "" : "?fal_webhook=" + Uri.EscapeDataString(order.CallbackUrl);
        var request = Request(HttpMethod.Post, $"/{order.Upstream}{webhook}", order.Key);
        request.Content = JsonContent.Create(input, options: JsonSerializerOptions.Web);
        var answer = await http.SendAsync(request, SubmitPatience, cancellation);

        return answer.IsSuccess && answer.Text("request_id") is { Length: > 0 } id
            ? new SubmitOutcome.Accepted(id)
            : FalErrors.ReadSubmit(answer);
    }

    public async Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation)
    {
        var path = FalPayload.PathOf(task);
        var status = await http.SendAsync(Request(HttpMethod.Get, path + "/status", task.Key), QueryPatience, cancellation);

        if (status.Text("status") != FalStatus.Completed)
            return FalStatus.Of(status);

        // COMPLETED says only that it is over: the result itself answers with an error when it failed.
        return FalStatus.OfResult(await http.SendAsync(Request(HttpMethod.Get, path, task.Key), QueryPatience, cancellation));
    }

    public Task CancelAsync(ProviderTask task, CancellationToken cancellation) =>
        http.SendAsync(Request(HttpMethod.Put, FalPayload.PathOf(task) + "/cancel", task.Key), QueryPatience, cancellation);

    public Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>All its outputs are plain addresses.</summary>
    public Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation) =>
        Task.FromResult(FetchOutcome.Gone);

    private HttpRequestMessage Request(HttpMethod method, string path, ProviderKey key)
    {
        var request = new HttpRequestMessage(method, settings[GenerationSettings.FalQueueUrl]!.TrimEnd('/') + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Key", key.Secret);
        return request;
    }
}
