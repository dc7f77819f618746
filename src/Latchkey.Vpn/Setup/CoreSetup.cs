using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Setup;

/// <summary>Writes a core's configuration from nothing, for the command line.</summary>
public static class CoreSetup
{
    private const int SecretBytes = 32;

    /// <summary>Writes it to <c>XRAY_CONFIG_PATH</c>, once the core has accepted it, where there is a core.</summary>
    /// <exception cref="ConfigureException">It is not written: nothing has changed.</exception>
    public static async Task<ConfiguredCore> WriteAsync(
        LatchkeySettings settings,
        ConfigureWish wish,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var path = Path.GetFullPath(settings[CoreSettings.ConfigurationPath]!);
        var wasThere = File.Exists(path);

        if (Directory.Exists(path))
            throw new ConfigureException(new($"{path} is a folder.", $"{path} — папка."));

        if (wasThere && !wish.Overwrites)
            throw new ConfigureException(
                new(
                    $"{path} is there already, and stays as it is. With --force it is replaced, and kept beside.",
                    $"{path} уже есть и не изменён. С --force он будет заменён, а прежний сохранён рядом."
                )
            );

        var kind = wish.IsV2Ray ? CoreKind.V2Ray : CoreKind.Xray;
        var binary = CoreBinary.Find(settings) is { } found && found.Kind == kind ? found : null;
        var keys = wish.IsV2Ray ? null : await RealityKeys.ChooseAsync(settings, path, binary, cancellation);
        var backup = wasThere ? $"{path}.{now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.bak" : null;

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await JsonFile.ReplaceAsync(
                path,
                CoreConfiguration.Build(settings, keys),
                (fresh, asked) => binary is null ? Task.CompletedTask : CoreProgram.CheckAsync(binary, fresh, asked),
                backup,
                cancellation
            );
        }
        catch (CoreException refusal)
        {
            throw new ConfigureException(new($"Nothing was written: {refusal.Message}", $"Ничего не записано: {refusal.Message}"), refusal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigureException(
                new($"{path} cannot be written: {failure.Message}", $"{path} не удалось записать: {failure.Message}"),
                failure
            );
        }

        return new ConfiguredCore(path, backup, binary?.Path, keys is not null, [.. Lines(settings, keys)], [.. Remarks(settings, wish)]);
    }

    /// <summary>What the settings lack with this configuration.</summary>
    private static IEnumerable<EnvironmentLine> Lines(LatchkeySettings settings, RealityKeys? keys)
    {
        if (!settings.IsSet(VpnSettings.ApiSecretKey))
            yield return new(VpnSettings.ApiSecretKey.Name, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

        if (!settings.IsSet(LinkSettings.Domain))
            yield return new(LinkSettings.Domain.Name, OwnAddress());

        if (keys is not null && !settings.IsSet(LinkSettings.PublicKey))
            yield return new(LinkSettings.PublicKey.Name, keys.Public);

        if (keys is null && settings[LinkSettings.Flow] != Flows.None)
            yield return new(LinkSettings.Flow.Name, Flows.None);

        if (keys is null && !string.Equals(settings[CoreSettings.Kind], "v2ray", StringComparison.OrdinalIgnoreCase))
            yield return new(CoreSettings.Kind.Name, "v2ray");
    }

    private static IEnumerable<LocalizedText> Remarks(LatchkeySettings settings, ConfigureWish wish)
    {
        if (wish.IsV2Ray)
            yield return new(
                "V2Ray has no REALITY: traffic is not disguised and not encrypted by this inbound, and the links, which name REALITY, do not fit. It is for trials.",
                "V2Ray не умеет REALITY: этот inbound не маскирует и не шифрует трафик, а ссылки (в них REALITY) к нему не подходят. Только для пробы."
            );

        if (!settings.IsSet(LinkSettings.Domain))
            yield return new(
                "DOMAIN is a guess: it must be the address under which clients reach this server.",
                "DOMAIN — догадка: это должен быть адрес, по которому сервер доступен клиентам."
            );

        if (IPAddress.TryParse(settings[CoreSettings.ApiHost], out var address) && !IPAddress.IsLoopback(address))
            yield return new(
                "XRAY_API_HOST is no loopback address: the core's API asks for no password, and whoever reaches it rules the core.",
                "XRAY_API_HOST — не loopback: API ядра не спрашивает пароля, и управлять ядром сможет любой, кто до него достанет."
            );

        if (Environment.IsPrivilegedProcess)
            yield return new(
                "The file holds the private key, and only its owner may read it. If the core runs as another user, such as nobody: chown it.",
                "В файле закрытый ключ, читать его может только владелец. Если ядро работает от другого пользователя, например nobody: chown."
            );
    }

    /// <summary>The address from which this machine would speak to the outside. Nothing is sent for that.</summary>
    private static string OwnAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9);

            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return Dns.GetHostName();
        }
    }
}

/// <param name="IsV2Ray">For a V2Ray, without REALITY; else for an Xray.</param>
/// <param name="Overwrites">A file that is there is replaced, and kept beside.</param>
public sealed record ConfigureWish(bool IsV2Ray, bool Overwrites);

/// <param name="Path">The file that was written.</param>
/// <param name="BackupPath">Where the one before lies; <c>null</c> when there was none.</param>
/// <param name="CheckedBy">The core that accepted it; <c>null</c> when none was found.</param>
/// <param name="Lines">What is to be added to the settings.</param>
/// <param name="Remarks">What is worth knowing.</param>
public sealed record ConfiguredCore(
    string Path,
    string? BackupPath,
    string? CheckedBy,
    bool HasReality,
    IReadOnlyList<EnvironmentLine> Lines,
    IReadOnlyList<LocalizedText> Remarks
);

/// <summary>A line of <c>.env</c>.</summary>
public sealed record EnvironmentLine(string Name, string Value);

/// <summary>A core's configuration was not written.</summary>
public sealed class ConfigureException(LocalizedText problem, Exception? cause = null) : Exception(problem.English, cause)
{
    /// <summary>Why, for people.</summary>
    public LocalizedText Problem { get; } = problem;
}
