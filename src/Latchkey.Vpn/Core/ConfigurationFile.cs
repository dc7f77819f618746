using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Keys;

namespace Latchkey.Vpn.Core;

/// <summary>
/// The core's configuration file. Only two things in it are ours: the common short id, and those of the inbound's users whose e-mail is one
/// of ours. All else stays as it is, but for comments, which JSON has no place for. It is replaced as a whole, never written over.
/// </summary>
internal sealed class ConfigurationFile(string path, string inbound, string shortId)
{
    private const string BackupSuffix = ".before-latchkey";
    private const string NewSuffix = ".latchkey-new";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Path { get; } = path;

    public bool Exists => File.Exists(Path);

    public static ConfigurationFile From(LatchkeySettings settings) =>
        new(settings[CoreSettings.ConfigurationPath]!, settings[CoreSettings.InboundTag]!, settings[LinkSettings.ShortId]!);

    /// <summary>Puts the common short id in where it lacks.</summary>
    /// <param name="isAccepted">Asks the core about the new file, by its path, before it takes the old one's place.</param>
    /// <returns>Whether the file was changed, so that the core must read it again.</returns>
    /// <exception cref="CoreException">The file cannot be used, or the core does not accept the new one.</exception>
    public async Task<bool> AddShortIdAsync(Func<string, CancellationToken, Task> isAccepted, CancellationToken cancellation)
    {
        var root = await ReadAsync(cancellation);

        if (FindInbound(root)["streamSettings"]?["realitySettings"] is not JsonObject reality)
            return false;

        if (reality["shortIds"] is not JsonArray shortIds)
            reality["shortIds"] = shortIds = [];

        if (shortIds.Any(id => id is JsonValue value && value.TryGetValue<string>(out var text) && text == shortId))
            return false;

        shortIds.Add(shortId);
        await ReplaceAsync(root, isAccepted, cancellation);

        return true;
    }

    /// <summary>Makes our users in the file these.</summary>
    /// <exception cref="CoreException">The file cannot be used.</exception>
    public async Task WriteUsersAsync(IEnumerable<CoreUser> users, CancellationToken cancellation)
    {
        var root = await ReadAsync(cancellation);
        var settings = FindInbound(root)["settings"] as JsonObject ?? throw Bad($"its inbound {inbound} has no settings");
        var clients = new JsonArray();

        foreach (var client in settings["clients"]?.AsArray() ?? [])
        {
            if (client is not JsonObject || VpnKey.IdOf(client["email"]?.GetValue<string>()) is null)
                clients.Add(client?.DeepClone());
        }

        foreach (var user in users)
            clients.Add(Client(user));

        settings["clients"] = clients;
        await ReplaceAsync(root, null, cancellation);
    }

    private static JsonObject Client(CoreUser user)
    {
        var client = new JsonObject { ["id"] = user.Uuid, ["email"] = user.Email };

        if (user.Flow.Length > 0)
            client["flow"] = user.Flow;

        return client;
    }

    private async Task<JsonObject> ReadAsync(CancellationToken cancellation)
    {
        try
        {
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
        (root["inbounds"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(one => (one["tag"] as JsonValue)?.ToString() == inbound)
        ?? throw Bad($"it has no inbound with the tag {inbound}");

    private async Task ReplaceAsync(JsonObject root, Func<string, CancellationToken, Task>? isAccepted, CancellationToken cancellation)
    {
        // The core knows the format by the extension.
        var target = File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;
        var fresh = target + NewSuffix + System.IO.Path.GetExtension(target);

        try
        {
            await WriteAsync(root, target, fresh, cancellation);

            if (isAccepted is not null)
                await isAccepted(fresh, cancellation);

            if (!File.Exists(target + BackupSuffix))
                File.Copy(target, target + BackupSuffix);

            File.Move(fresh, target, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Bad("it cannot be written", failure);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private static async Task WriteAsync(JsonObject root, string model, string fresh, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };

        // It holds REALITY's private key: no wider than the one that it replaces, from the first byte on.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = File.GetUnixFileMode(model);

        await using var stream = new FileStream(fresh, options);
        await using (var writer = new Utf8JsonWriter(stream, Indented))
            root.WriteTo(writer);

        stream.Flush(flushToDisk: true);
        cancellation.ThrowIfCancellationRequested();
    }

    private CoreException Bad(string what, Exception? cause = null) =>
        new($"The core's configuration file {Path} cannot be used: {what}.", cause);
}
