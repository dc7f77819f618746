using System.Text.Json;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Problems;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Generation.Usage;

/// <summary>Reads how an owner is to be limited.</summary>
internal static class BudgetRequest
{
    private static readonly GenerationProblem Wrong = GenerationProblem.Invalid(
        "The body must be an object with credits (a number from 0, or null) and models (a list of model ids, or null)"
    );

    public static async Task<(BudgetChange? Change, GenerationProblem? Problem)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellation
    )
    {
        try
        {
            using var document = JsonDocument.Parse(await request.ReadBytesAsync(cancellation));
            var root = document.RootElement;
            var setsCredits = root.TryGetProperty("credits", out var credits);
            var setsModels = root.TryGetProperty("models", out var models);
            long? number = setsCredits && credits.ValueKind != JsonValueKind.Null ? credits.GetInt64() : null;
            List<string>? list =
                setsModels && models.ValueKind != JsonValueKind.Null
                    ? [.. models.EnumerateArray().Select(model => model.GetString() ?? throw new FormatException("null is no model"))]
                    : null;

            return number is < 0 or > BudgetServices.MostCredits || !(setsCredits || setsModels)
                ? (null, Wrong)
                : (new(setsCredits, number, setsModels, list), null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            return (null, Wrong);
        }
    }
}
