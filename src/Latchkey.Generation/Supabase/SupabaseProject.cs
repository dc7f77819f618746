using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// The operator's Supabase project, and how it is asked: its own clients send the key twice, as <c>apikey</c> for the gateway and as Bearer for
/// what is behind it (https://supabase.com/docs/guides/api/api-keys).
/// </summary>
internal sealed class SupabaseProject(LatchkeySettings settings)
{
    private readonly string? _serviceKey = settings[SupabaseSettings.ServiceKey];

    /// <summary>Without a slash at its end; <c>null</c> when there is no project.</summary>
    public string? Address { get; } = settings[SupabaseSettings.Url]?.TrimEnd('/');

    /// <summary>Whether finished files and rows go there.</summary>
    [MemberNotNullWhen(true, nameof(Address))]
    public bool Keeps => Address is not null && _serviceKey is not null;

    public string Bucket { get; } = settings[SupabaseSettings.Bucket]!;

    /// <summary>A request with the server's own rights, which row level security does not hold for.</summary>
    /// <param name="path">Such as <c>rest/v1/generations</c>.</param>
    public HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, $"{Address}/{path}");
        Authorize(request, _serviceKey!);

        return request;
    }

    /// <summary>Where a file of the bucket is had with the rights of a user.</summary>
    public string UrlOf(string path) => $"{Address}/storage/v1/object/authenticated/{Bucket}/{path}";

    public static void Authorize(HttpRequestMessage request, string key)
    {
        request.Headers.TryAddWithoutValidation("apikey", key);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }
}
