using Latchkey.Generation.Providers;
using Latchkey.Platform.Settings;
using Microsoft.IdentityModel.Tokens;

namespace Latchkey.Generation.Supabase;

/// <summary>The public keys that sign the tokens of the project's users, as it publishes them (RFC 7517).</summary>
internal sealed class SupabaseKeys(SupabaseProject project, ProviderHttp http, LatchkeySettings settings, TimeProvider time) : IDisposable
{
    /// <summary>As long as the project's own edge keeps them: https://supabase.com/docs/guides/auth/signing-keys</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);

    /// <summary>A made-up key id must not make us ask again and again.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenFailedLooks = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _loading = new(1);
    private Ring _ring = new([], DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <returns>The key, if there is one of that id; and whether that is certain, since the project could be asked.</returns>
    public async ValueTask<(JsonWebKey? Key, bool IsCertain)> FindAsync(string id, CancellationToken cancellation)
    {
        var ring = Volatile.Read(ref _ring);

        if (ring.Find(id) is { } known && (ring.LoadedAt + Keep > time.GetUtcNow() || _loading.CurrentCount == 0))
            return (known, true);

        ring = await LookAsync(cancellation);

        return (ring.Find(id), !ring.HasFailed);
    }

    public void Dispose() => _loading.Dispose();

    private async Task<Ring> LookAsync(CancellationToken cancellation)
    {
        await _loading.WaitAsync(cancellation);

        try
        {
            var now = time.GetUtcNow();

            if (_ring.TriedAt + (_ring.HasFailed ? BetweenFailedLooks : BetweenLooks) > now)
                return _ring;

            // A project that cannot be reached must not sign everybody out: the keys that were good go on counting.
            var keys = await LoadAsync(cancellation);
            var ring = keys is null ? _ring with { TriedAt = now } : new Ring(keys, now, now);
            Volatile.Write(ref _ring, ring);

            return ring;
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<IReadOnlyList<JsonWebKey>?> LoadAsync(CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{project.Address}/auth/v1/.well-known/jwks.json");

        if (settings[SupabaseSettings.AnonKey] is { } key)
            request.Headers.TryAddWithoutValidation("apikey", key);

        var answer = await http.SendAsync(request, Patience, cancellation);

        if (!answer.IsSuccess || answer.Json is null)
            return null;

        try
        {
            return [.. new JsonWebKeySet(answer.Json.ToJsonString()).Keys];
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <param name="TriedAt">Later than <paramref name="LoadedAt"/> when the project did not answer the last time.</param>
    private sealed record Ring(IReadOnlyList<JsonWebKey> Keys, DateTimeOffset LoadedAt, DateTimeOffset TriedAt)
    {
        public bool HasFailed => TriedAt > LoadedAt;

        public JsonWebKey? Find(string id) => Keys.FirstOrDefault(key => key.Kid == id);
    }
}
