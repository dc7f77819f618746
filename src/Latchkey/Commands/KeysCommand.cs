using System.CommandLine;
using System.Globalization;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Wiring;

namespace Latchkey.Commands;

/// <summary><c>latchkey keys create|list|revoke</c>; a server may run on the same data folder meanwhile.</summary>
internal static class KeysCommand
{
    private const int LongestName = 100;

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON, for scripts." };

    public static Command Create() => new("keys", "Make, list and revoke API keys.") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var name = new Option<string>("--name") { Description = "What the key is for, for people.", DefaultValueFactory = _ => "" };
        var scopes = new Option<KeyScopes>("--scopes", "--scope")
        {
            Description = $"What it may be used for, separated by commas: {KeyArguments.ScopeNames}.",
            HelpName = "video,app",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            CustomParser = KeyArguments.ParseScopes,
        };
        var sandbox = new Option<bool>("--sandbox") { Description = "A sandbox key: what it makes is apart, and gone after 24 hours." };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description = "When it ends: 90d, 12h, or a date such as 2030-12-31 (UTC). Never, when left out.",
            HelpName = "90d",
            CustomParser = KeyArguments.ParseExpiry,
        };
        name.Validators.Add(result =>
        {
            if (result.GetValue(name) is { Length: > LongestName })
                result.AddError($"--name is longer than {LongestName} characters.");
        });

        var command = new Command("create", "Make a key, and print its secret this once.") { name, scopes, sandbox, expires, Json };
        command.SetAction(
            (parsed, cancellation) =>
                WithKeysAsync(
                    async (keys, terminal) =>
                    {
                        var request = new NewKey(
                            parsed.GetValue(name)!.Trim(),
                            parsed.GetValue(scopes),
                            parsed.GetValue(sandbox) ? KeyEnvironment.Sandbox : KeyEnvironment.Production,
                            parsed.GetValue(expires)
                        );
                        var issued = await keys.CreateAsync(request, cancellation);
                        KeysText.WriteIssued(terminal, issued, parsed.GetValue(Json));

                        return 0;
                    },
                    cancellation
                )
        );

        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List all keys, without their secrets.") { Json };
        command.SetAction(
            (parsed, cancellation) =>
                WithKeysAsync(
                    async (keys, terminal) =>
                    {
                        KeysText.WriteList(
                            terminal,
                            await keys.ListAsync(cancellation),
                            TimeProvider.System.GetUtcNow(),
                            parsed.GetValue(Json)
                        );

                        return 0;
                    },
                    cancellation
                )
        );

        return command;
    }

    private static Command CreateRevoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id (key_…), as list shows it; not the secret." };
        var command = new Command("revoke", "End a key, and all access tokens that came of it.") { id };
        command.SetAction(
            (parsed, cancellation) =>
                WithKeysAsync(
                    async (keys, terminal) =>
                    {
                        var keyId = parsed.GetValue(id)!;

                        if (await keys.RevokeAsync(keyId, cancellation) is { } key)
                        {
                            KeysText.WriteRevoked(terminal, key);

                            return 0;
                        }

                        // What was typed may be a secret: it is not repeated.
                        await Console.Error.WriteLineAsync(
                            terminal.Say(
                                "There is no key with this id. `latchkey keys list` shows the ids (key_…); a secret is not one.",
                                "Ключа с таким id нет. Идентификаторы (key_…) показывает `latchkey keys list`; секрет не подходит."
                            )
                        );

                        return 1;
                    },
                    cancellation
                )
        );

        return command;
    }

    private static async Task<int> WithKeysAsync(Func<ApiKeys, Terminal, Task<int>> work, CancellationToken cancellation)
    {
        var terminal = Terminal.Current();

        try
        {
            var settings = ProgramSettings.LoadOrRefuse(terminal.Language).Values;
            await using var data = await OfflineData.OpenAsync(settings, cancellation);

            return await work(data.GetRequiredService<ApiKeys>(), terminal);
        }
        catch (LatchkeyStartException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);

            return 1;
        }
    }
}
