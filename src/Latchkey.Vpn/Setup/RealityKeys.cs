using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latchkey.Platform.Settings;
using Latchkey.Vpn.Core;

namespace Latchkey.Vpn.Setup;

/// <summary>REALITY's key pair, as a core's configuration and links write it: base64url without padding.</summary>
internal sealed record RealityKeys(string Private, string Public)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>The pair of the settings; else that of the configuration that is replaced, so that links go on working; else a new one.</summary>
    /// <exception cref="ConfigureException">The settings contradict themselves.</exception>
    public static async Task<RealityKeys> ChooseAsync(
        LatchkeySettings settings,
        string configuration,
        CoreBinary? binary,
        CancellationToken cancellation
    )
    {
        if (FromSettings(settings) is { } set)
            return set;

        if (ReadOld(configuration, settings[CoreSettings.InboundTag]!) is { } old)
            return old;

        return binary is { Kind: CoreKind.Xray } && await AskAsync(binary, cancellation) is { } made ? made : New();
    }

    public static RealityKeys New() => From(X25519.NewPrivateKey());

    /// <summary>What <c>xray x25519</c> prints: the names of the two keys were others before 2025.</summary>
    /// <returns><c>null</c> when it is no such text, or the keys are no pair.</returns>
    public static RealityKeys? Read(string output)
    {
        string? secret = null;
        string? open = null;

        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);

            if (colon < 0)
                continue;

            var (name, value) = (line[..colon].Replace(" ", "", StringComparison.Ordinal), line[(colon + 1)..].Trim());

            if (name.StartsWith("PrivateKey", StringComparison.OrdinalIgnoreCase))
                secret = value;
            else if (
                name.StartsWith("PublicKey", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("Password", StringComparison.OrdinalIgnoreCase)
            )
                open = value;
        }

        return secret is not null && Of(secret) is { } keys && open is not null && Decode(open) is { } bytes && keys.Public == Encode(bytes)
            ? keys
            : null;
    }

    private static RealityKeys? FromSettings(LatchkeySettings settings)
    {
        if (settings[LinkSettings.PrivateKey] is not { } secret)
        {
            return settings.IsSet(LinkSettings.PublicKey)
                ? throw new ConfigureException(
                    new(
                        "REALITY_PUBLIC_KEY is set, but not the REALITY_PRIVATE_KEY that belongs to it: set both, or neither.",
                        "REALITY_PUBLIC_KEY задан, а парный ему REALITY_PRIVATE_KEY нет: задайте оба или ни одного."
                    )
                )
                : null;
        }

        if (Of(secret) is not { } keys)
            throw new ConfigureException(
                new(
                    "REALITY_PRIVATE_KEY is no X25519 key: 32 bytes in base64 are needed, as `xray x25519` prints them.",
                    "REALITY_PRIVATE_KEY не является ключом X25519: нужны 32 байта в base64, как их печатает `xray x25519`."
                )
            );

        if (settings[LinkSettings.PublicKey] is { } open && (Decode(open) is not { } bytes || Encode(bytes) != keys.Public))
            throw new ConfigureException(
                new(
                    $"REALITY_PUBLIC_KEY does not belong to REALITY_PRIVATE_KEY: it would have to be {keys.Public}.",
                    $"REALITY_PUBLIC_KEY не подходит к REALITY_PRIVATE_KEY: должен быть {keys.Public}."
                )
            );

        return keys;
    }

    private static RealityKeys? ReadOld(string path, string inbound)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            var inbounds = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: options)?["inbounds"]?.AsArray() ?? [];
            var ours = inbounds.FirstOrDefault(one => (string?)one?["tag"] == inbound);

            return (string?)ours?["streamSettings"]?["realitySettings"]?["privateKey"] is { } secret ? Of(secret) : null;
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static async Task<RealityKeys?> AskAsync(CoreBinary binary, CancellationToken cancellation)
    {
        try
        {
            var (exitCode, output) = await CoreProgram.RunAsync(binary, ["x25519"], LongestAnswer, cancellation);

            return exitCode == 0 ? Read(output) : null;
        }
        catch (CoreException)
        {
            return null;
        }
    }

    private static RealityKeys? Of(string secret) => Decode(secret) is { } bytes ? From(bytes) : null;

    private static RealityKeys From(byte[] secret) => new(Encode(secret), Encode(X25519.PublicKeyOf(secret)));

    private static string Encode(byte[] key) => Base64Url.EncodeToString(key);

    /// <summary>Either alphabet of base64, with or without padding.</summary>
    private static byte[]? Decode(string text)
    {
        var url = Encoding.ASCII.GetBytes(text.Replace('+', '-').Replace('/', '_').TrimEnd('='));
        var bytes = new byte[Base64Url.GetMaxDecodedLength(url.Length)];

        return Base64Url.IsValid(url) && Base64Url.TryDecodeFromUtf8(url, bytes, out var length) && length == X25519.KeyLength
            ? bytes[..length]
            : null;
    }
}
