using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.Providers;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Supabase;

/// <summary>Asks the project whether the operator's values work, by calls that change nothing. For <c>check-env --online</c>.</summary>
internal static class SupabaseChecks
{
    private static readonly LocalizedText NoProject = new(
        "SUPABASE_URL is needed to ask Supabase",
        "чтобы спросить Supabase, нужен SUPABASE_URL"
    );
    private static readonly LocalizedText Refused = new("the project refuses this key", "проект не принимает этот ключ");

    public static async Task<LocalizedText?> CheckProjectAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{AddressOf(settings)}/auth/v1/health");
        using var answer = await http.SendAsync(request, cancellation);

        // Without a key the gateway answers 401, which is answer enough: it is there.
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Unauthorized ? null : Unexpected(answer.StatusCode);
    }

    /// <summary>The key, the table with the column that orders its rows, and the bucket: without any of them nothing arrives.</summary>
    public static async Task<LocalizedText?> CheckServiceKeyAsync(
        LatchkeySettings settings,
        HttpClient http,
        CancellationToken cancellation
    )
    {
        if (AddressOf(settings) is not { } address)
            return NoProject;

        var key = settings[SupabaseSettings.ServiceKey]!;
        var columns = $"id,{GenerationRow.RevisionColumn}";
        var (status, problem) = await AskAsync(http, $"{address}/rest/v1/{SupabaseRows.Table}?select={columns}&limit=1", key, cancellation);

        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return Refused;

        if (problem is "PGRST205" or "42P01" or "42703")
            return new(
                "the table generations is missing, or older than this program: docs/generation.md has its SQL",
                "таблицы generations нет, или она старее этой программы: SQL для неё в docs/generation.md"
            );

        if (status != HttpStatusCode.OK)
            return Unexpected(status);

        var bucket = settings[SupabaseSettings.Bucket]!;
        (status, _) = await AskAsync(http, $"{address}/storage/v1/bucket/{bucket}", key, cancellation);

        return status switch
        {
            HttpStatusCode.OK => null,
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound => new(
                $"the storage bucket {bucket} is missing: docs/generation.md has its SQL",
                $"корзины хранилища {bucket} нет: SQL для неё в docs/generation.md"
            ),
            _ => Unexpected(status),
        };
    }

    public static async Task<LocalizedText?> CheckAnonKeyAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        if (AddressOf(settings) is not { } address)
            return NoProject;

        var (status, _) = await AskAsync(http, $"{address}/auth/v1/settings", settings[SupabaseSettings.AnonKey]!, cancellation);

        return status switch
        {
            HttpStatusCode.OK => null,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Refused,
            _ => Unexpected(status),
        };
    }

    private static async Task<(HttpStatusCode Status, string? Code)> AskAsync(
        HttpClient http,
        string address,
        string key,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        SupabaseProject.Authorize(request, key);
        using var answer = await http.SendAsync(request, cancellation);

        if (answer.IsSuccessStatusCode)
            return (HttpStatusCode.OK, null);

        try
        {
            return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation)).Text("code"));
        }
        catch (JsonException)
        {
            return (answer.StatusCode, null);
        }
    }

    private static LocalizedText Unexpected(HttpStatusCode status) =>
        new($"the project answers with {(int)status}", $"проект отвечает {(int)status}");

    private static string? AddressOf(LatchkeySettings settings) => settings[SupabaseSettings.Url]?.TrimEnd('/');
}
