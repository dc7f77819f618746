using System.Net.Http.Headers;
using Latchkey.Generation.Providers.OpenAi;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.LaoZhang;

/// <summary>LaoZhang: Gemini's pictures, which are made while we wait, and videos as tasks (https://docs.laozhang.ai).</summary>
internal sealed class LaoZhangProvider(
    ProviderHttp http,
    LaoZhangPayload payload,
    OpenAiPayload videos,
    InlineOutputs inline,
    LatchkeySettings settings
) : IProvider
{
    private const long MaxVideoBytes = 1L << 30;
    private static readonly TimeSpan ImagePatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan SubmitPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QueryPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FetchPatience = TimeSpan.FromMinutes(15);

    public string Name => ProviderNames.LaoZhang;

    /// <summary>It neither lists tasks nor calls back.</summary>
    public bool CanReconcile(ProviderTask task) => false;

    public async Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation) =>
        order.Protocol == LaoZhangPayload.Gemini
            ? await MakePictureAsync(order, cancellation)
            : await SubmitVideoAsync(order, cancellation);

    public async Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation) =>
        LaoZhangStatus.Of(
            await http.SendAsync(
                Request(HttpMethod.Get, "/v1/videos/" + Uri.EscapeDataString(task.TaskId!), task.Key),
                QueryPatience,
                cancellation
            )
        );

    /// <summary>There is no call for it.</summary>
    public Task CancelAsync(ProviderTask task, CancellationToken cancellation) => Task.CompletedTask;

    public Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation) => Task.FromResult<string?>(null);

    public async Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation)
    {
        var address = "/v1/videos/" + Uri.EscapeDataString(source.Address) + "/content";
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

    private async Task<SubmitOutcome> MakePictureAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var request = Request(HttpMethod.Post, $"/v1beta/models/{Uri.EscapeDataString(order.Upstream)}:generateContent", order.Key);
        request.Headers.TryAddWithoutValidation("x-goog-api-key", order.Key.Secret);
        request.Content = await payload.BuildAsync(order, cancellation);
        var answer = await http.SendAsync(request, ImagePatience, cancellation);

        if (!answer.IsSuccess)
            return LaoZhangErrors.ReadSubmit(answer);

        return await inline.KeepAsync(order.JobId, LaoZhangStatus.PicturesIn(answer.Json), cancellation) is { Count: > 0 } outputs
            ? new SubmitOutcome.Finished(outputs)
            : LaoZhangErrors.WithoutPicture(answer);
    }

    private async Task<SubmitOutcome> SubmitVideoAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var (path, content) = await videos.BuildAsync(order, cancellation);
        var request = Request(HttpMethod.Post, "/v1" + path, order.Key);
        request.Content = content;
        var answer = await http.SendAsync(request, SubmitPatience, cancellation);

        return !answer.IsSuccess ? LaoZhangErrors.ReadSubmit(answer)
            : answer.Text("id") is { Length: > 0 } id ? new SubmitOutcome.Accepted(id)
            : new SubmitOutcome.Unclear("no_id");
    }

    private HttpRequestMessage Request(HttpMethod method, string path, ProviderKey key)
    {
        var address = settings[GenerationSettings.LaoZhangUrl]!.TrimEnd('/');

        // Some write the address with its version.
        if (address.EndsWith("/v1", StringComparison.Ordinal))
            address = address[..^3];

        var request = new HttpRequestMessage(method, address + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        return request;
    }
}
