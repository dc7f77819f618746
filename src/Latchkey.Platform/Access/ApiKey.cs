namespace Latchkey.Platform.Access;

/// <summary>A row of <c>platform_api_keys</c>; the secret itself is nowhere.</summary>
internal sealed class ApiKey
{
    private const int IdLength = 16;

    private ApiKey() { }

    public string Id { get; private set; } = "";
    public string Name { get; private set; } = "";
    public string SecretHash { get; private set; } = "";

    /// <summary>The secret's last four characters, so that people recognise it in a list.</summary>
    public string Ending { get; private set; } = "";

    public KeyScopes Scopes { get; private set; }
    public KeyEnvironment Environment { get; private set; }

    /// <summary>Whether it is the value of LATCHKEY_API_KEY, and so goes when that changes.</summary>
    public bool FromSetting { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Exact to a minute or so: it is not written with every request.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    public static ApiKey Issue(string secret, NewKey request, DateTimeOffset now, bool fromSetting = false) =>
        new()
        {
            Id = "key_" + Base62.Random(IdLength),
            Name = request.Name,
            SecretHash = Access.SecretHash.Of(secret),
            Ending = secret[^Math.Min(4, secret.Length)..],
            Scopes = request.Scopes,
            Environment = request.Environment,
            FromSetting = fromSetting,
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt,
        };

    public bool IsAlive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
