using Latchkey.Platform.Access;
using Latchkey.Platform.Tests.Data;
using Latchkey.Testing;
using Microsoft.Extensions.Time.Testing;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
    private TestData _data = null!;

    private ApiKeys Keys => _data.Get<ApiKeys>();
    private ApiKeyDirectory Directory => _data.Get<ApiKeyDirectory>();

    public async ValueTask InitializeAsync() => _data = await TestData.CreateAsync(_time);

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    [Theory]
    [InlineData(KeyEnvironment.Production, "^lk_live_[0-9A-Za-z]{43}$")]
    [InlineData(KeyEnvironment.Sandbox, "^lk_test_[0-9A-Za-z]{43}$")]
    public async Task Can_authenticate_with_a_new_key(KeyEnvironment environment, string form)
    {
        var issued = await CreateAsync(KeyScopes.Video | KeyScopes.App, environment);

        issued.Secret.ShouldMatch(form);
        issued.Key.Ending.ShouldBe(issued.Secret[^4..]);

        var caller = await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None);
        caller.ShouldBe(new Caller(issued.Key.Id, KeyScopes.Video | KeyScopes.App, environment));
        caller!.May(KeyScopes.Video).ShouldBeTrue();
        caller.May(KeyScopes.Vpn).ShouldBeFalse();
    }

    [Fact]
    public async Task Cannot_authenticate_with_what_is_no_key()
    {
        var issued = await CreateAsync();

        foreach (
            var secret in new[] { "", "lk_live_", issued.Secret[..^1], issued.Secret + "0", issued.Key.Id, SecretHash.Of(issued.Secret) }
        )
            (await Directory.AuthenticateAsync(secret, CancellationToken.None)).ShouldBeNull(secret);
    }

    [Fact]
    public async Task Cannot_find_the_secret_in_the_data_folder()
    {
        var issued = await CreateAsync();
        await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None);

        foreach (var file in System.IO.Directory.EnumerateFiles(_data.Path))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync()).ShouldNotContain(issued.Secret);
        }
    }

    [Fact]
    public async Task Cannot_use_a_key_after_it_was_revoked()
    {
        var issued = await CreateAsync();
        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldNotBeNull();

        var revoked = await Keys.RevokeAsync(issued.Key.Id, CancellationToken.None);

        revoked!.RevokedAt.ShouldBe(_time.GetUtcNow());
        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldBeNull();
        (await Directory.FindByIdAsync(issued.Key.Id, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_use_a_key_half_a_minute_after_another_process_revoked_it()
    {
        var issued = await CreateAsync();
        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldNotBeNull();

        await using (var commandLine = await TestData.CreateAsync(_time, _data.Path))
            await commandLine.Get<ApiKeys>().RevokeAsync(issued.Key.Id, CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(30));
        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Cannot_use_a_key_after_it_expired()
    {
        var issued = await Keys.CreateAsync(
            new NewKey("short", KeyScopes.Video, KeyEnvironment.Production, _time.GetUtcNow().AddSeconds(5)),
            CancellationToken.None
        );
        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldNotBeNull();

        _time.Advance(TimeSpan.FromSeconds(5));

        (await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Can_list_keys_with_their_state()
    {
        var first = await CreateAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await CreateAsync();
        await Keys.RevokeAsync(first.Key.Id, CancellationToken.None);

        var listed = await Keys.ListAsync(CancellationToken.None);

        listed.Select(key => (key.Id, key.IsAlive(_time.GetUtcNow()))).ShouldBe([(first.Key.Id, false), (second.Key.Id, true)]);
        (await Keys.RevokeAsync("key_unknown", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Can_see_when_a_key_was_last_used()
    {
        var issued = await CreateAsync();
        var uses = _data.Get<KeyUses>();
        await uses.StartAsync(CancellationToken.None);

        await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None);
        (await LastUsedAsync()).ShouldBeNull("it is not written with each request");

        var usedAt = _time.GetUtcNow();
        await Eventually.IsTrueAsync(async () =>
        {
            // Its timer starts on a thread of its own, maybe after the first advance.
            _time.Advance(TimeSpan.FromMinutes(1));
            return await LastUsedAsync() == usedAt;
        });

        await Directory.AuthenticateAsync(issued.Secret, CancellationToken.None);
        await uses.StopAsync(CancellationToken.None);
        (await LastUsedAsync()).ShouldBe(_time.GetUtcNow(), "what is noted is written at the end");

        async Task<DateTimeOffset?> LastUsedAsync() => (await Keys.ListAsync(CancellationToken.None)).Single().LastUsedAt;
    }

    private Task<IssuedKey> CreateAsync(KeyScopes scopes = KeyScopes.Video, KeyEnvironment environment = KeyEnvironment.Production) =>
        Keys.CreateAsync(new NewKey("test", scopes, environment), CancellationToken.None);
}
