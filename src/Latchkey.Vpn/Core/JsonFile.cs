using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Files;

namespace Latchkey.Vpn.Core;

/// <summary>
/// Puts a JSON file in another one's place as a whole: whoever reads, and whatever dies in between, there is the old file or the new one. It
/// keeps its owner and its mode; a link stays a link.
/// </summary>
internal static class JsonFile
{
    private const string NewSuffix = ".latchkey-new";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="isAccepted">Is asked about the new file, by its path, before it takes the place.</param>
    /// <param name="backup">Where the file that was there is kept, unless there is one already.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static async Task ReplaceAsync(
        string path,
        JsonObject root,
        Func<string, CancellationToken, Task>? isAccepted,
        string? backup,
        CancellationToken cancellation
    )
    {
        var target = TargetOf(path);
        // The core knows the format by the extension.
        var fresh = target + NewSuffix + Path.GetExtension(target);
        var model = File.Exists(target) ? target : null;

        try
        {
            File.Delete(fresh);
            Write(root, fresh, model);

            if (isAccepted is not null)
                await isAccepted(fresh, cancellation);

            cancellation.ThrowIfCancellationRequested();

            if (model is not null && backup is not null)
                Keep(model, backup);

            File.Move(fresh, target, overwrite: true);
        }
        finally
        {
            if (File.Exists(fresh))
                File.Delete(fresh);
        }
    }

    /// <summary>What a link leads to in the end; a file itself, also one that is not there yet.</summary>
    public static string TargetOf(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;

    private static void Write(JsonObject root, string fresh, string? model)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };

        // It holds REALITY's private key: nobody else reads it from the first byte on.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        using (var stream = new FileStream(fresh, options))
        {
            using (var writer = new Utf8JsonWriter(stream, Indented))
                root.WriteTo(writer);

            stream.Flush(flushToDisk: true);
        }

        if (model is null || OperatingSystem.IsWindows())
            return;

        if (!FileOwner.TryCopy(model, fresh))
            throw new UnauthorizedAccessException("its owner would change: run Latchkey as the file's owner, or as root");

        File.SetUnixFileMode(fresh, File.GetUnixFileMode(model));
    }

    /// <summary>Half a backup would look like a whole one for ever.</summary>
    private static void Keep(string file, string backup)
    {
        if (File.Exists(backup))
            return;

        var draft = backup + NewSuffix;
        File.Copy(file, draft, overwrite: true);
        FileOwner.TryCopy(file, draft);
        File.Move(draft, backup);
    }
}
