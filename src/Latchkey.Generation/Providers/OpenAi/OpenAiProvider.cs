using System.Net.Http.Headers;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.OpenAi;

/// <summary>OpenAI's images, which are made while we wait, and videos, which are tasks (https://platform.openai.com/docs/api-reference).</summary>
internal sealed class OpenAiProvider(ProviderHttp http, OpenAiPayload payload, InlineOutputs inline, LatchkeySettings settings) : IProvider
{
    private const long MaxVideoBytes = 1L << 30;
    private static readonly TimeSpan ImagePatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan SubmitPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan QueryPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromMinutes(15);

    public string Name => ProviderNames.OpenAi;

    /// <summary>Videos are listed; pictures are gone with the answer.</summary>
    public bool CanReconcile(ProviderTask task) => task.Protocol == OpenAiPayload.Videos;

    public async Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var isVideo = order.Protocol == OpenAiPayload.Videos;
        var (path, content) = await payload.BuildAsync(order, cancellation);
        var request = Request(HttpMethod.Post, path, order.Key);
        request.Content = content;
        var answer = await http.SendAsync(request, isVideo ? SubmitPatience : ImagePatience, cancellation);

        if (!answer.IsSuccess)
            return OpenAiErrors.ReadSubmit(answer);

        if (isVideo)
            return answer.Text("id") is { Length: > 0 } id ? new SubmitOutcome.Accepted(id) : new SubmitOutcome.Unclear("no_id");

        return await inline.KeepAsync(order.JobId, answer.Json.At("data"), cancellation) is { Count: > 0 } outputs
            ? new SubmitOutcome.Finished(outputs)
            : new SubmitOutcome.Unclear("no_pictures");
    }

    public async Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation) =>
        OpenAiStatus.Of(
            await http.SendAsync(
                Request(HttpMethod.Get, "/videos/" + Uri.EscapeDataString(task.TaskId!), task.Key),
                QueryPatience,
                cancellation
            )
        );

    public Task CancelAsync(ProviderTask task, CancellationToken cancellation) =>
        http.SendAsync(Request(HttpMethod.Delete, "/videos/" + Uri.EscapeDataString(task.TaskId!), task.Key), QueryPatience, cancellation);

    /// <summary>A task that is ours has our prompt, and was made after we sent it.</summary>
    public async Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation) =>
        OpenAiStatus.Find(
            await http.SendAsync(Request(HttpMethod.Get, "/videos?limit=100&order=desc", task.Key), QueryPatience, cancellation),
            task
        );

    public async Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation)
    {
        var address = "/videos/" + Uri.EscapeDataString(source.Address) + "/content";
        var (status, _) = await http.DownloadAsync(
            Request(HttpMethod.Get, address, task.Key),
            path,
            MaxVideoBytes,
            FetchPatience,
            cancellation
        );

        return status switch
        {
            >= 200 and < 300 => FetchOutcome.Done,
            404 or 410 => FetchOutcome.Gone,
            _ => FetchOutcome.TryLater,
        };
    }

    private HttpRequestMessage Request(HttpMethod method, string path, ProviderKey key)
    {
        var request = new HttpRequestMessage(method, settings[GenerationSettings.OpenAiUrl]!.TrimEnd('/') + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        return request;
    }
}
