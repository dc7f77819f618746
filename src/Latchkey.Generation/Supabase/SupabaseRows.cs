using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Latchkey.Generation.Providers;
using Microsoft.Extensions.Logging;

namespace Latchkey.Generation.Supabase;

/// <summary>Writes the project's table of generations (https://docs.postgrest.org/en/stable/references/api/tables_views.html).</summary>
internal sealed partial class SupabaseRows(SupabaseProject project, ProviderHttp http, ILogger<SupabaseRows> logger) : IDisposable
{
    public const string Table = "generations";

    private const string UnknownColumn = "PGRST204";
    private const string Representation = "return=representation";
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Columns that the project's table lacks: tables are older than what is known of a generation. Until the next start.</summary>
    private readonly ConcurrentDictionary<string, bool> _lacking = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(AtOnce);

    /// <summary>Writes a row unless the table has its revision, or a newer one.</summary>
    /// <returns>What is wrong; <c>null</c> when the table is as new as the row.</returns>
    public async Task<string?> PutAsync(JsonObject row, CancellationToken cancellation)
    {
        var id = row["id"]!.GetValue<string>();
        var revision = row[GenerationRow.RevisionColumn]!.GetValue<long>();
        var older = $"{Table}?id=eq.{id}&{GenerationRow.RevisionColumn}=lt.{revision}&select=id";
        var (written, problem) = await WriteAsync(HttpMethod.Patch, older, row, null, cancellation);

        if (written || problem is not null)
            return problem;

        (written, problem) = await WriteAsync(
            HttpMethod.Post,
            $"{Table}?on_conflict=id&select=id",
            row,
            "resolution=ignore-duplicates",
            cancellation
        );

        if (written || problem is not null)
            return problem;

        // It is there, and new enough, unless an older one was written between the two.
        (_, problem) = await WriteAsync(HttpMethod.Patch, older, row, null, cancellation);
        return problem;
    }

    /// <returns>What is wrong; <c>null</c> when the table has no such row.</returns>
    public async Task<string?> RemoveAsync(string id, CancellationToken cancellation)
    {
        var answer = await SendAsync(project.Request(HttpMethod.Delete, $"rest/v1/{Table}?id=eq.{id}"), cancellation);
        return answer.Problem();
    }

    public void Dispose() => _room.Dispose();

    private async Task<(bool Written, string? Problem)> WriteAsync(
        HttpMethod method,
        string path,
        JsonObject row,
        string? resolution,
        CancellationToken cancellation
    )
    {
        while (true)
        {
            var request = project.Request(method, "rest/v1/" + path);
            request.Headers.TryAddWithoutValidation("Prefer", resolution is null ? Representation : $"{resolution},{Representation}");
            request.Content = JsonContent.Create(new JsonObject(Known(row)));
            var answer = await SendAsync(request, cancellation);

            if (answer.Text("code") != UnknownColumn || !Forget(answer.Text("message"), row))
                return (answer.IsSuccess && answer.HasRows(), answer.Problem());
        }
    }

    private async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);

        try
        {
            return await http.SendAsync(request, Patience, cancellation);
        }
        finally
        {
            _room.Release();
        }
    }

    private IEnumerable<KeyValuePair<string, JsonNode?>> Known(JsonObject row) =>
        row.Where(column => !_lacking.ContainsKey(column.Key)).Select(column => KeyValuePair.Create(column.Key, column.Value?.DeepClone()));

    /// <summary>Without its id and its revision a row cannot be written; without anything else it can.</summary>
    private bool Forget(string? message, JsonObject row)
    {
        var column = ColumnName().Match(message ?? "").Groups["name"].Value;

        if (column is "id" or GenerationRow.RevisionColumn || !row.ContainsKey(column) || !_lacking.TryAdd(column, true))
            return false;

        Log.ColumnMissing(logger, column);
        return true;
    }

    [GeneratedRegex("^Could not find the '(?<name>[^']+)' column", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex ColumnName();

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Supabase's table generations has no column {Column}: rows are written without it")]
        public static partial void ColumnMissing(ILogger logger, string column);
    }
}
