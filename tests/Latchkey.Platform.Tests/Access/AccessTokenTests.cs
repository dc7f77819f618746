using System.Security.Cryptography;
using System.Text;
using Latchkey.Platform.Access;
using Latchkey.Platform.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Access;

public sealed class AccessTokenTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private TestData _data = null!;
    private Caller _caller = null!;

    private AccessTokens Tokens => _data.Get<AccessTokens>();

    public async ValueTask InitializeAsync()
    {
        _data = await TestData.CreateAsync(_time);
        var issued = await _data
            .Get<ApiKeys>()
            .CreateAsync(new NewKey("test", KeyScopes.Video | KeyScopes.App, KeyEnvironment.Sandbox), CancellationToken.None);
        _caller = (await _data.Get<ApiKeyDirectory>().AuthenticateAsync(issued.Secret, CancellationToken.None))!;
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Fact]
    public async Task Can_use_a_token_for_an_hour()
    {
        var pair = await IssueAsync();
        pair.ExpiresIn.ShouldBe(3600);

        _time.Advance(TimeSpan.FromSeconds(3599));
        (await ValidateAsync(pair.AccessToken)).ShouldBe(_caller);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await ValidateAsync(pair.AccessToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Can_read_the_claims()
    {
        var token = new JsonWebToken((await IssueAsync()).AccessToken);

        token.Alg.ShouldBe("RS256");
        token.Subject.ShouldBe(_caller.KeyId);
        token.GetPayloadValue<string>("env").ShouldBe("sandbox");
        token.GetPayloadValue<string[]>("scopes").ShouldBe(["video", "app"]);
        token.GetPayloadValue<long>("exp").ShouldBe(_time.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Cannot_use_a_token_of_a_revoked_key()
    {
        var pair = await IssueAsync();
        (await ValidateAsync(pair.AccessToken)).ShouldNotBeNull();

        await _data.Get<ApiKeys>().RevokeAsync(_caller.KeyId, CancellationToken.None);

        (await ValidateAsync(pair.AccessToken)).ShouldBeNull();
        (await RefreshAsync(pair.RefreshToken)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a token")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    [InlineData("eyJhbGciOiJSUzI1NiJ9.e30.AAAA")]
    public async Task Cannot_use_what_is_no_token(string text) => (await ValidateAsync(text)).ShouldBeNull();

    [Fact]
    public async Task Cannot_use_a_forged_token()
    {
        var real = (await IssueAsync()).AccessToken;
        var parts = real.Split('.');
        var keyId = new JsonWebToken(real).Kid;
        var published = (await _data.Get<SigningKeys>().HonouredAsync(CancellationToken.None)).Single();

        using var foreign = RSA.Create(2048);
        string[] forgeries =
        [
            // Another key under the name of ours.
            Sign(parts[1], keyId, bytes => foreign.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), "RS256"),
            // Our public key taken for a shared secret.
            Sign(parts[1], keyId, bytes => HMACSHA256.HashData(published.Rsa.ExportSubjectPublicKeyInfo(), bytes), "HS256"),
            Sign(parts[1], keyId, _ => [], "none"),
            // Another content under our signature.
            $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("sandbox", "production"))}.{parts[2]}",
        ];

        foreach (var forgery in forgeries)
            (await ValidateAsync(forgery)).ShouldBeNull(forgery);
    }

    [Fact]
    public async Task Can_refresh_again_and_again()
    {
        var pair = await IssueAsync();

        for (var round = 0; round < 3; round++)
        {
            _time.Advance(TimeSpan.FromDays(20));
            pair = (await RefreshAsync(pair.RefreshToken)).ShouldNotBeNull();
            (await ValidateAsync(pair.AccessToken)).ShouldBe(_caller);
        }
    }

    [Fact]
    public async Task Cannot_refresh_twice_with_one_token()
    {
        var first = await IssueAsync();
        var other = await IssueAsync();
        var second = (await RefreshAsync(first.RefreshToken)).ShouldNotBeNull();

        (await RefreshAsync(first.RefreshToken)).ShouldBeNull();
        (await RefreshAsync(second.RefreshToken)).ShouldBeNull("a token used twice ends its family");
        (await RefreshAsync(other.RefreshToken)).ShouldNotBeNull("another family is left alone");
    }

    [Fact]
    public async Task Cannot_win_more_than_once_when_refreshing_at_the_same_time()
    {
        var pair = await IssueAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => RefreshAsync(pair.RefreshToken))));

        var winner = answers.Where(answer => answer is not null).ShouldHaveSingleItem();
        (await RefreshAsync(winner!.RefreshToken)).ShouldBeNull("the others' use ended the family");
    }

    [Fact]
    public async Task Cannot_refresh_with_an_old_or_unknown_token()
    {
        var pair = await IssueAsync();
        _time.Advance(TimeSpan.FromDays(30));

        (await RefreshAsync(pair.RefreshToken)).ShouldBeNull();
        (await RefreshAsync("lkr_unknown")).ShouldBeNull();
        (await RefreshAsync("")).ShouldBeNull();

        await Tokens.DeleteExpiredAsync(CancellationToken.None);
        (await _data.Db().RefreshTokens.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Cannot_find_refresh_tokens_in_the_database()
    {
        var pair = await IssueAsync();

        (await _data.Db().RefreshTokens.SingleAsync()).TokenHash.ShouldBe(SecretHash.Of(pair.RefreshToken));
    }

    [Fact]
    public async Task Can_use_a_token_over_the_change_of_the_signing_key()
    {
        var old = await IssueAsync();
        var firstKey = new JsonWebToken(old.AccessToken).Kid;

        _time.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(1));
        var last = await IssueAsync();
        new JsonWebToken(last.AccessToken).Kid.ShouldBe(firstKey);

        _time.Advance(TimeSpan.FromMinutes(2));
        new JsonWebToken((await IssueAsync()).AccessToken).Kid.ShouldNotBe(firstKey);
        (await ValidateAsync(last.AccessToken)).ShouldBe(_caller);
        (await _data.Get<SigningKeys>().HonouredAsync(CancellationToken.None)).Count.ShouldBe(2);

        _time.Advance(TimeSpan.FromHours(2));
        (await _data.Get<SigningKeys>().HonouredAsync(CancellationToken.None)).Count.ShouldBe(1);
        await Tokens.DeleteExpiredAsync(CancellationToken.None);
        (await _data.Db().SigningKeys.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Can_use_a_token_on_another_node()
    {
        var before = await IssueAsync();
        await using var other = await TestData.CreateAsync(_time, _data.Path);
        var tokens = other.Get<AccessTokens>();

        (await tokens.ValidateAsync(before.AccessToken, CancellationToken.None)).ShouldBe(_caller);

        _time.Advance(TimeSpan.FromDays(31));
        var after = await IssueAsync();
        (await tokens.ValidateAsync(after.AccessToken, CancellationToken.None)).ShouldBe(_caller);
    }

    private Task<AccessTokenPair> IssueAsync() => Tokens.IssueAsync(_caller, CancellationToken.None);

    private Task<AccessTokenPair?> RefreshAsync(string token) => Tokens.RefreshAsync(token, CancellationToken.None);

    private async Task<Caller?> ValidateAsync(string token) => await Tokens.ValidateAsync(token, CancellationToken.None);

    private static string Sign(string payload, string keyId, Func<byte[], byte[]> sign, string algorithm)
    {
        var header = Base64UrlEncoder.Encode($$"""{"alg":"{{algorithm}}","typ":"JWT","kid":"{{keyId}}"}""");
        var signature = sign(Encoding.ASCII.GetBytes($"{header}.{payload}"));

        return $"{header}.{payload}.{Base64UrlEncoder.Encode(signature)}";
    }
}
