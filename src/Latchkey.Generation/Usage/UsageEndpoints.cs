using System.Globalization;
using Latchkey.Generation.Bodies;
using Latchkey.Generation.Data;
using Latchkey.Generation.Owners;
using Latchkey.Generation.Problems;
using Latchkey.Platform.ApiDocuments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Usage;

/// <summary>What was used, and what may still be: an owner sees their own, an admin sees and sets everybody's.</summary>
internal static class UsageEndpoints
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;

    public static void MapUsage(this RouteGroupBuilder api)
    {
        var own = api.MapGroup("/api").WithTags("Usage");

        own.MapGet("/usage", GetUsage)
            .WithSummary("What was used, by day, model and provider")
            .FailsWithError(StatusCodes.Status400BadRequest);
        own.MapGet("/budget", GetOwnBudget).WithSummary("What may still be spent");
    }

    public static void MapBudgets(this RouteGroupBuilder admin)
    {
        var budgets = admin.MapGroup("/api/budgets/{ownerId}").WithTags("Usage").FailsWithError(StatusCodes.Status400BadRequest);

        budgets.MapGet("", GetBudget).WithSummary("What an owner may still spend, and on which models");
        budgets.MapPut("", SetBudget).WithSummary("Limit an owner's credits and models, or lift a limit").TakesJson<SetBudgetRequest>();
        budgets.MapPost("/credits", AddCredits).WithSummary("Add credits to an owner's budget").TakesJson<AddCreditsRequest>();
    }

    private static async Task<Results<Ok<UsageResponse>, GenerationProblem>> GetUsage(
        HttpContext http,
        GenerationDb db,
        TimeProvider time,
        CancellationToken cancellation,
        int days = DefaultDays,
        string? owner = null
    )
    {
        if (days is < 1 or > MostDays)
            return GenerationProblem.Invalid($"days must be a number from 1 to {MostDays}");

        var caller = http.Owner();

        if (owner is not null && owner != caller.Id && !caller.IsAdmin)
            return GenerationProblem.AdminOnly;

        var since = UsageDay.Of(time.GetUtcNow().AddDays(1 - days));
        var ownerId = owner ?? caller.Id;
        var rows = await db
            .Usage.AsNoTracking()
            .Where(row => row.OwnerId == ownerId && row.Day >= since)
            .OrderBy(row => row.Day)
            .ThenBy(row => row.ModelId)
            .ToListAsync(cancellation);

        return TypedResults.Ok(new UsageResponse(ownerId, [.. rows.Select(UsageLine.From)]));
    }

    private static Task<Ok<Budget>> GetOwnBudget(HttpContext http, IBudgets budgets, CancellationToken cancellation) =>
        GetBudget(http.Owner().Id, budgets, cancellation);

    private static async Task<Ok<Budget>> GetBudget(string ownerId, IBudgets budgets, CancellationToken cancellation) =>
        TypedResults.Ok(await budgets.FindAsync(ownerId, cancellation));

    /// <summary>Makes a key limited, or not: <c>{"credits": 100 | null, "models": ["…"] | null}</c>. What is left out stays.</summary>
    private static async Task<Results<Ok<Budget>, GenerationProblem>> SetBudget(
        string ownerId,
        HttpContext http,
        IBudgets budgets,
        CancellationToken cancellation
    )
    {
        var (change, problem) = await BudgetRequest.ReadAsync(http.Request, cancellation);

        if (change is null)
            return problem!;

        if (budgets.UnknownModels(change.Models ?? []) is [var unknown, ..])
            return GenerationProblem.Invalid($"models: there is no model {unknown}");

        return TypedResults.Ok(await budgets.SetAsync(ownerId, change, cancellation));
    }

    private static async Task<Results<Ok<Budget>, GenerationProblem>> AddCredits(
        string ownerId,
        HttpContext http,
        IBudgets budgets,
        CancellationToken cancellation
    )
    {
        var (body, unreadable) = await http.Request.ReadValuesAsync(cancellation);

        if (body is null)
            return unreadable!;

        using (body)
        {
            if (
                !body.IsNumber("credits", out var credits)
                || credits != decimal.Truncate(credits)
                || credits is < 1 or > BudgetServices.MostCredits
            )
                return GenerationProblem.Invalid($"credits must be a number from 1 to {BudgetServices.MostCredits}");

            return await budgets.AddAsync(ownerId, (long)credits, cancellation) is { } budget
                ? TypedResults.Ok(budget)
                : GenerationProblem.Bad("This owner has no budget to add to: they may spend without limit");
        }
    }
}

internal sealed record SetBudgetRequest(long? Credits, IReadOnlyList<string>? Models);

internal sealed record AddCreditsRequest(long Credits);

internal sealed record UsageResponse(string OwnerId, IReadOnlyList<UsageLine> Days);

/// <param name="AverageSeconds">From order to result.</param>
internal sealed record UsageLine(
    string Day,
    string Model,
    string Provider,
    long Succeeded,
    long Failed,
    long Cancelled,
    long Credits,
    double? AverageSeconds
)
{
    public static UsageLine From(UsageDay row) =>
        new(
            row.Day.ToString("0000-00-00", CultureInfo.InvariantCulture),
            row.ModelId,
            row.Provider,
            row.Succeeded,
            row.Failed,
            row.Cancelled,
            row.Credits,
            row.Succeeded == 0 ? null : Math.Round(row.Milliseconds / 1000.0 / row.Succeeded, 2)
        );
}
