using System.Globalization;
using System.Text.Json.Nodes;
using Latchkey.Generation.Providers;

namespace Latchkey.Generation.Supabase;

/// <summary>Reading of what the project answers: PostgREST says <c>code</c>, Storage says <c>error</c>.</summary>
internal static class SupabaseAnswers
{
    /// <summary>What went wrong, in a word or two that hold nothing of the row; <c>null</c> when nothing did.</summary>
    public static string? Problem(this ProviderAnswer answer) =>
        answer.IsSuccess ? null
        : answer.Reach != ProviderReach.Answered ? answer.Reason
        : string.Create(CultureInfo.InvariantCulture, $"http_{answer.Status} {answer.Text("code") ?? answer.Text("error")}").TrimEnd();

    /// <summary>Whether an answer with <c>return=representation</c> names a row that was written.</summary>
    public static bool HasRows(this ProviderAnswer answer) => answer.Json is JsonArray { Count: > 0 };
}
