using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Latchkey.Generation.Usage;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey generation budget</c>; a server may run on the same data folder meanwhile, and counts by it at once.</summary>
internal static class GenerationCommand
{
    private const string Unlimited = "unlimited";
    private const string AllModels = "all";

    /// <summary>Owners of other kinds than API keys.</summary>
    private const string UserPrefix = "user:";

    public static Command Create() => new("generation", "Work on photos and videos.") { CreateBudget() };

    private static Command CreateBudget()
    {
        var owner = new Argument<string>("key") { Description = "The key's id (key_…), as `latchkey keys list` shows it." };
        var credits = new Option<CreditLimit?>("--credits")
        {
            Description = $"What it may still spend, in credits; {Unlimited} lifts the limit.",
            HelpName = "100",
            CustomParser = ParseCredits,
        };
        var add = new Option<long?>("--add")
        {
            Description = "Credits to add to what it may still spend.",
            HelpName = "50",
            CustomParser = ParseAdded,
        };
        var models = new Option<string?>("--models")
        {
            Description = $"The only models that it may use, separated by commas; {AllModels} lifts the limit.",
            HelpName = "z-image,kling-2.6",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON, for scripts." };
        var command = new Command("budget", "Show or limit what a key may spend, and on which models.")
        {
            owner,
            credits,
            add,
            models,
            json,
        };

        command.Validators.Add(result =>
        {
            if (result.GetResult(credits) is not null && result.GetResult(add) is not null)
                result.AddError("Say --credits or --add, not both.");
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var names = parsed.GetValue(models)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                var change = new BudgetChange(
                    parsed.GetValue(credits) is not null,
                    parsed.GetValue(credits)?.Credits,
                    names is not null,
                    names is [AllModels] ? null : names
                );

                return WithBudgetsAsync(
                    (data, terminal) =>
                        ChangeAsync(
                            data,
                            terminal,
                            parsed.GetValue(owner)!,
                            change,
                            parsed.GetValue(add),
                            parsed.GetValue(json),
                            cancellation
                        ),
                    cancellation
                );
            }
        );

        return command;
    }

    private static async Task<int> ChangeAsync(
        IServiceProvider data,
        Terminal terminal,
        string owner,
        BudgetChange change,
        long? add,
        bool json,
        CancellationToken cancellation
    )
    {
        var budgets = data.GetRequiredService<IBudgets>();

        if (!await IsKnownAsync(data.GetRequiredService<ApiKeys>(), owner, cancellation))
            // What was typed may be a secret: it is not repeated.
            return await FailAsync(
                terminal.Say(
                    "There is no key with this id. `latchkey keys list` shows the ids (key_…); a secret is not one.",
                    "Ключа с таким id нет. Идентификаторы (key_…) показывает `latchkey keys list`; секрет не подходит."
                )
            );

        if (budgets.UnknownModels(change.Models ?? []) is [var unknown, ..])
            return await FailAsync(terminal.Say($"There is no model '{unknown}'.", $"Модели '{unknown}' нет."));

        if (change.SetsCredits || change.SetsModels)
            await budgets.SetAsync(owner, change, cancellation);

        if (add is { } more && await budgets.AddAsync(owner, more, cancellation) is null)
            return await FailAsync(
                terminal.Say(
                    "This key may spend without limit, so there is nothing to add to: set --credits first.",
                    "Расходы этого ключа не ограничены, добавлять не к чему: сначала задайте --credits."
                )
            );

        Write(terminal, await budgets.FindAsync(owner, cancellation), json);
        return 0;
    }

    private static async Task<bool> IsKnownAsync(ApiKeys keys, string owner, CancellationToken cancellation) =>
        owner.StartsWith(UserPrefix, StringComparison.Ordinal) || (await keys.ListAsync(cancellation)).Any(key => key.Id == owner);

    private static void Write(Terminal terminal, Budget budget, bool json)
    {
        if (json)
        {
            terminal.Line(JsonSerializer.Serialize(budget, JsonSerializerOptions.Web));
            return;
        }

        var credits = budget.Available?.ToString(CultureInfo.InvariantCulture) ?? terminal.Say("without limit", "без ограничений");
        var models = budget.Models is null ? terminal.Say("all", "все") : string.Join(", ", budget.Models);

        terminal.Line(terminal.Bold(budget.OwnerId));
        terminal.Line($"{terminal.Say("Credits left:", "Осталось кредитов:")} {credits}");
        terminal.Line($"{terminal.Say("Models:", "Модели:")} {models}");
    }

    private static CreditLimit ParseCredits(ArgumentResult argument) =>
        new(argument.Tokens[0].Value == Unlimited ? null : ParseNumber(argument, 0, $", or {Unlimited}"));

    private static long? ParseAdded(ArgumentResult argument) => ParseNumber(argument, 1, "");

    private static long? ParseNumber(ArgumentResult argument, long least, string otherwise)
    {
        var text = argument.Tokens[0].Value;

        if (
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
            && number <= BudgetServices.MostCredits
        )
            return number;

        argument.AddError($"'{text}' must be a number from {least} to {BudgetServices.MostCredits}{otherwise}.");
        return null;
    }

    private static async Task<int> WithBudgetsAsync(Func<IServiceProvider, Terminal, Task<int>> work, CancellationToken cancellation)
    {
        var terminal = Terminal.Current();

        try
        {
            var settings = ProgramSettings.LoadOrRefuse(terminal.Language).Values;
            await using var data = await OfflineData.OpenAsync(settings, cancellation, services => services.AddBudgets());

            return await work(data, terminal);
        }
        catch (LatchkeyStartException failure)
        {
            return await FailAsync(failure.Message);
        }
    }

    private static async Task<int> FailAsync(string problem)
    {
        await Console.Error.WriteLineAsync(problem);

        return 1;
    }

    /// <param name="Credits"><c>null</c>: none.</param>
    private sealed record CreditLimit(long? Credits);
}
