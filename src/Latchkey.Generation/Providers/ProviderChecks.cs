using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers;

/// <summary>Asks each provider whether the operator's key works, by a call that costs nothing. For <c>check-env --online</c>.</summary>
internal static class ProviderChecks
{
    private static readonly LocalizedText Refused = new("the service refuses this key", "сервис не принимает этот ключ");

    /// <summary>KIE.ai answers 200 with the true code in the body.</summary>
    public static async Task<LocalizedText?> CheckKieAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        using var request = Get(settings[GenerationSettings.KieUrl]!, "api/v1/chat/credit");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings[GenerationSettings.KieKey]);
        using var answer = await http.SendAsync(request, cancellation);

        if (!answer.IsSuccessStatusCode)
            return Judge(answer.StatusCode);

        try
        {
            using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
            return body.RootElement.GetProperty("code").GetInt32() is var code && code == 200 ? null : Judge((HttpStatusCode)code);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new("the service's answer can't be read", "ответ сервиса не удалось прочитать");
        }
    }

    public static Task<LocalizedText?> CheckLaoZhangAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation) =>
        AskAsync(
            http,
            Get(settings[GenerationSettings.LaoZhangUrl]!, "v1/dashboard/billing/credit_grants"),
            new AuthenticationHeaderValue("Bearer", settings[GenerationSettings.LaoZhangKey]),
            cancellation
        );

    /// <summary>A request that cannot exist: a good key gets 404 for it, a bad one 401.</summary>
    public static Task<LocalizedText?> CheckFalAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation) =>
        AskAsync(
            http,
            Get(settings[GenerationSettings.FalQueueUrl]!, "fal-ai/kling-video/requests/00000000-0000-0000-0000-000000000000/status"),
            new AuthenticationHeaderValue("Key", settings[GenerationSettings.FalKey]),
            cancellation,
            HttpStatusCode.NotFound
        );

    public static Task<LocalizedText?> CheckOpenAiAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation) =>
        AskAsync(
            http,
            Get(settings[GenerationSettings.OpenAiUrl]!, "models"),
            new AuthenticationHeaderValue("Bearer", settings[GenerationSettings.OpenAiKey]),
            cancellation
        );

    private static async Task<LocalizedText?> AskAsync(
        HttpClient http,
        HttpRequestMessage request,
        AuthenticationHeaderValue credentials,
        CancellationToken cancellation,
        HttpStatusCode alsoGood = HttpStatusCode.OK
    )
    {
        using (request)
        {
            request.Headers.Authorization = credentials;
            using var answer = await http.SendAsync(request, cancellation);

            return answer.StatusCode == alsoGood ? null : Judge(answer.StatusCode);
        }
    }

    private static LocalizedText? Judge(HttpStatusCode status) =>
        status switch
        {
            >= (HttpStatusCode)200 and < (HttpStatusCode)300 => null,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Refused,
            HttpStatusCode.PaymentRequired => new("the account has no credits left", "на счёте не осталось кредитов"),
            _ => new($"the service answers with {(int)status}", $"сервис отвечает {(int)status}"),
        };

    private static HttpRequestMessage Get(string address, string path) => new(HttpMethod.Get, new Uri($"{address.TrimEnd('/')}/{path}"));
}
