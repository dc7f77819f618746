using System.Diagnostics;
using Latchkey.Platform.Settings;

namespace Latchkey.Commands;

/// <summary>Asks the outside parties whether the operator's values work, all at once, each with a time limit.</summary>
internal static class OnlineChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>An answer for every setting that is set and can be asked about.</returns>
    public static async Task<IReadOnlyDictionary<Setting, OnlineAnswer>> AskAsync(LoadedSettings loaded, CancellationToken cancellation)
    {
        // No redirects: a key goes to the address that the operator wrote, and nowhere else.
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };

        var asked = loaded
            .Report.Settings.Where(finding => finding is { State: SettingState.Set, Setting.CheckOnline: not null })
            .Select(async finding =>
                KeyValuePair.Create(finding.Setting, await AskOneAsync(finding.Setting, loaded.Values, http, cancellation))
            );

        return (await Task.WhenAll(asked)).ToDictionary();
    }

    private static async Task<OnlineAnswer> AskOneAsync(
        Setting setting,
        LatchkeySettings values,
        HttpClient http,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var began = Stopwatch.GetTimestamp();

        try
        {
            var problem = await setting.CheckOnline!(values, http, limit.Token);
            return new(problem, Stopwatch.GetElapsedTime(began));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var seconds = Patience.TotalSeconds;
            return new(new($"no answer within {seconds} s", $"нет ответа за {seconds} с"), Stopwatch.GetElapsedTime(began));
        }
        catch (HttpRequestException failure)
        {
            return new(Explain(failure.HttpRequestError), Stopwatch.GetElapsedTime(began));
        }
    }

    // The exception's own text is left out: it may hold the address with all that stands in it.
    private static LocalizedText Explain(HttpRequestError error) =>
        error switch
        {
            HttpRequestError.NameResolutionError => new("the host's name is not known", "имя хоста не найдено"),
            HttpRequestError.ConnectionError => new("no connection can be made", "не удалось соединиться"),
            HttpRequestError.SecureConnectionError => new(
                "no secure connection can be made",
                "не удалось установить защищённое соединение"
            ),
            _ => new("the service does not answer properly", "сервис отвечает неправильно"),
        };
}

/// <param name="Problem"><c>null</c> when the value works.</param>
internal sealed record OnlineAnswer(LocalizedText? Problem, TimeSpan Took);
