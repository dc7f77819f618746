using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Core;

/// <summary>
/// The core's configuration file. Only two things in it are ours: the common short id, and those of the inbound's users whose e-mail is one
/// of ours. All else stays as it is, but for comments, which JSON has no place for. It is replaced as a whole, never written over.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class ConfigurationFile(string path, string inbound, string shortId)
{
    private const string BackupSuffix = ".before-latchkey";

    // Ten million users would be some gigabyte; what is larger is no configuration.
    private const long LargestFile = 1L << 30;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    // Short id and users are written by different hands, and each reads, changes and writes the whole.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public string Path { get; } = path;

    /// <summary>Also where a folder lies in its place: that is worth complaining about.</summary>
    public bool Exists => File.Exists(Path) || Directory.Exists(Path);

    public static ConfigurationFile From(LatchkeySettings settings) =>
        new(settings[CoreSettings.ConfigurationPath]!, settings[CoreSettings.InboundTag]!, settings[LinkSettings.ShortId]!);

    /// <summary>Puts the common short id in where it lacks.</summary>
    /// <param name="isAccepted">Asks the core about the new file, by its path, before it takes the old one's place.</param>
    /// <returns>Whether the file was changed, so that the core must read it again.</returns>
    /// <exception cref="CoreException">The file cannot be used, or the core does not accept the new one.</exception>
    public Task<bool> AddShortIdAsync(Func<string, CancellationToken, Task> isAccepted, CancellationToken cancellation) =>
        InTurnAsync(
            async root =>
            {
                if (FindInbound(root)["streamSettings"] is not JsonObject stream || stream["realitySettings"] is not JsonObject reality)
                    return false;

                if (reality["shortIds"] is not JsonArray shortIds)
                    reality["shortIds"] = shortIds = [];

                if (shortIds.Any(id => string.Equals(TextOf(id), shortId, StringComparison.OrdinalIgnoreCase)))
                    return false;

                shortIds.Add(shortId);
                await ReplaceAsync(root, isAccepted, cancellation);

                return true;
            },
            cancellation
        );

    /// <summary>Makes our users in the file these.</summary>
    /// <exception cref="CoreException">The file cannot be used.</exception>
    public Task WriteUsersAsync(IEnumerable<CoreUser> users, CancellationToken cancellation) =>
        InTurnAsync(
            async root =>
            {
                var settings = FindInbound(root)["settings"] as JsonObject ?? throw Bad($"its inbound {inbound} has no settings");
                var others = (settings["clients"] as JsonArray ?? [])
                    .Where(client => !IsOurs(client))
                    .Select(client => client?.DeepClone());

                settings["clients"] = new JsonArray([.. others, .. users.Select(Client)]);
                await ReplaceAsync(root, null, cancellation);

                return true;
            },
            cancellation
        );

    private async Task<bool> InTurnAsync(Func<JsonObject, Task<bool>> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);

        try
        {
            return await change(await ReadAsync(cancellation));
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            throw Bad("a name stands in it twice, or what stands there has another form than a core's configuration", failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static bool IsOurs(JsonNode? client) => client is JsonObject user && VpnKey.IdOf(TextOf(user["email"])) is not null;

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject Client(CoreUser user)
    {
        var client = new JsonObject { ["id"] = user.Uuid, ["email"] = user.Email };

        if (user.Flow.Length > 0)
            client["flow"] = user.Flow;

        return client;
    }

    private async Task<JsonObject> ReadAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(Path))
            throw Bad("it is a folder");

        try
        {
            if (new FileInfo(Path) is { Exists: true, Length: > LargestFile })
                throw Bad("it is larger than a gigabyte");

            var bytes = await File.ReadAllBytesAsync(Path, cancellation);

            return JsonNode.Parse(bytes, documentOptions: Lenient) as JsonObject ?? throw Bad("it is no JSON object");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Bad("it cannot be read", failure);
        }
        catch (JsonException failure)
        {
            throw Bad($"it is not JSON (line {failure.LineNumber + 1})", failure);
        }
    }

    private JsonObject FindInbound(JsonObject root) =>
        (root["inbounds"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(one => TextOf(one["tag"]) == inbound)
        ?? throw Bad($"it has no inbound with the tag {inbound}");

    private async Task ReplaceAsync(JsonObject root, Func<string, CancellationToken, Task>? isAccepted, CancellationToken cancellation)
    {
        try
        {
            await JsonFile.ReplaceAsync(Path, root, isAccepted, JsonFile.TargetOf(Path) + BackupSuffix, cancellation);
        }
        catch (IOException failure)
        {
            throw Bad("it cannot be written", failure);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw Bad($"it cannot be written ({failure.Message.TrimEnd('.')})", failure);
        }
    }

    private CoreException Bad(string what, Exception? cause = null) =>
        new($"The core's configuration file {Path} cannot be used: {what}.", cause);
}
