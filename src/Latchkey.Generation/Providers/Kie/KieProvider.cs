using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>KIE.ai: its market of models, and its Veo interface (https://docs.kie.ai).</summary>
internal sealed class KieProvider(ProviderHttp http, KieUploads uploads, LatchkeySettings settings) : IProvider
{
    private static readonly TimeSpan SubmitPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan QueryPatience = TimeSpan.FromSeconds(15);

    public string Name => ProviderNames.Kie;

    /// <summary>A lost submission can only be told of by its callback: KIE.ai lists no tasks.</summary>
    public bool CanReconcile(ProviderTask task) => task.HasCallback;

    public async Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var (input, failure) = await uploads.PlaceAsync(order, cancellation);

        if (input is null)
            return new SubmitOutcome.Refused(failure!);

        var (path, body) = KiePayload.For(order, input);
        var request = Request(HttpMethod.Post, path, order.Key);
        request.Content = JsonContent.Create(body, options: JsonSerializerOptions.Web);

        return KieErrors.ReadSubmit(await http.SendAsync(request, SubmitPatience, cancellation));
    }

    public async Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation)
    {
        var isVeo = KiePayload.IsVeo(task.Protocol);
        var path = (isVeo ? "/api/v1/veo/record-info" : "/api/v1/jobs/recordInfo") + "?taskId=" + Uri.EscapeDataString(task.TaskId!);
        var answer = await http.SendAsync(Request(HttpMethod.Get, path, task.Key), QueryPatience, cancellation);

        return KieErrors.Trouble(answer) ?? (isVeo ? KieStatus.OfVeo(answer.Json.At("data")) : KieStatus.OfMarket(answer.Json.At("data")));
    }

    /// <summary>KIE.ai has no call for it.</summary>
    public Task CancelAsync(ProviderTask task, CancellationToken cancellation) => Task.CompletedTask;

    public Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>All its outputs are plain addresses.</summary>
    public Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation) =>
        Task.FromResult(FetchOutcome.Gone);

    private HttpRequestMessage Request(HttpMethod method, string path, ProviderKey key)
    {
        var request = new HttpRequestMessage(method, settings[GenerationSettings.KieUrl]!.TrimEnd('/') + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        return request;
    }
}
