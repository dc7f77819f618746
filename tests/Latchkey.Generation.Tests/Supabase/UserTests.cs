using System.Net;
using System.Text.Json.Nodes;
using Latchkey.Generation.Supabase;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Supabase;

/// <summary>Users of the operator's Supabase project are owners, by the tokens that their apps have of them.</summary>
public class UserTests(SharedSupabase shared) : IClassFixture<SharedSupabase>
{
    private static readonly Guid User = Guid.Parse("0b6f2c7e-3f5d-4c52-9d0a-6a2f4f0c8a11");

    private readonly GenerationHost _host = shared.Reset();

    private SupabaseTokens Tokens => _host.Emulators.Supabase.Tokens;

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("HS256")]
    public async Task Can_generate_as_a_user_of_the_project(string algorithm)
    {
        var user = Guid.NewGuid();
        using var client = _host.ClientOf(user, algorithm);

        await _host.WaitAsync(await OrderAsync(client), client: client);

        var library = await _host.GetAsync("/api/library", client: client);
        library["items"]!.AsArray().ShouldHaveSingleItem()!["user_id"]!.GetValue<string>().ShouldBe(user.ToString());
    }

    public static TheoryData<string> BadTokens =>
        [
            "expired",
            "expires never",
            "not yet",
            "another audience",
            "another issuer",
            "no user",
            "a user that is no UUID",
            "forged",
            "another secret",
            "the public key as secret",
            "a secret from the published keys",
            "unsigned",
            "an unknown key",
            "the project's own key for apps",
            "changed",
            "garbage",
        ];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Cannot_sign_in_with_a_bad_token(string kind)
    {
        using var client = _host.ClientWith(BadToken(kind));

        var answer = await _host.GetAsync("/api/library", HttpStatusCode.Unauthorized, client);
        answer["error"]!.GetValue<string>().ShouldBe("Unauthorized");

        foreach (var path in new[] { "/api/usage", "/v1/videos", "/fal/latchkey/sandbox-image/requests/job_1/status" })
            await _host.GetAsync(path, HttpStatusCode.Unauthorized, client);
    }

    private string BadToken(string kind)
    {
        var now = _host.Time.GetUtcNow().UtcDateTime;
        var good = Tokens.Of(User, _host.Issuer);

        return kind switch
        {
            "expired" => Token(token => (token.IssuedAt, token.Expires) = (now.AddHours(-2), now.AddSeconds(-1))),
            "expires never" => Token(token => token.Expires = null),
            "not yet" => Token(token => token.NotBefore = now.AddMinutes(5)),
            "another audience" => Token(token => token.Audience = "anon"),
            "another issuer" => Tokens.Of(User, "https://other.supabase.co/auth/v1"),
            "no user" => Token(token => token.Claims.Remove("sub")),
            "a user that is no UUID" => Token(token => token.Claims["sub"] = "key_0123456789"),
            "forged" => Tokens.Forged(User, _host.Issuer),
            "another secret" => Tokens.WithSecret(User, _host.Issuer, "another-secret-0123456789abcdef0123"),
            "the public key as secret" => Tokens.Confused(User, _host.Issuer),
            "a secret from the published keys" => Tokens.WithSecret(User, _host.Issuer, "a-secret-that-everybody-can-read-here", "shared"),
            "unsigned" => Tokens.Unsigned(User, _host.Issuer),
            "an unknown key" => Tokens.WithUnknownKey(User, _host.Issuer),
            "the project's own key for apps" => Tokens.Of(
                User,
                "supabase",
                "HS256",
                token =>
                {
                    token.Audience = null;
                    token.Claims.Remove("sub");
                    token.Claims["role"] = "anon";
                }
            ),
            "changed" => string.Join('.', good.Split('.')[0], Tokens.Of(Guid.NewGuid(), _host.Issuer).Split('.')[1], good.Split('.')[2]),
            _ => "eyJhbGciOiJFUzI1NiJ9.e30.!!!",
        };

        string Token(Action<SecurityTokenDescriptor> change) => Tokens.Of(User, _host.Issuer, change: change);
    }

    [Fact]
    public async Task Cannot_reach_what_somebody_else_made_on_any_route()
    {
        using var mine = _host.ClientOf(Guid.NewGuid());
        using var other = _host.ClientOf(Guid.NewGuid());
        using var key = await _host.ClientOfAsync();
        var picture = await OrderAsync(mine);
        var clip = await _host.OrderAsync("/api/generate/video", new { model = "sandbox-video", prompt = "A fox" }, mine);
        await _host.WaitAsync(picture, client: mine);
        await _host.WaitAsync(clip, client: mine);

        foreach (var stranger in new[] { other, key })
        {
            foreach (var id in new[] { picture, clip })
            {
                await RefusedAsync(stranger, HttpMethod.Get, "/api/jobs/" + id);
                await RefusedAsync(stranger, HttpMethod.Post, "/api/jobs/" + id, new { });
                await RefusedAsync(stranger, HttpMethod.Get, $"/api/jobs/{id}/events");
                await RefusedAsync(stranger, HttpMethod.Get, "/api/generations/" + id);
                await RefusedAsync(stranger, HttpMethod.Patch, "/api/generations/" + id, new { is_favorite = true });
                await RefusedAsync(stranger, HttpMethod.Delete, "/api/generations/" + id);
                await RefusedAsync(stranger, HttpMethod.Get, $"/api/generations/{id}/download?kind=original");
                await RefusedAsync(stranger, HttpMethod.Get, $"/api/generations/{id}/download?kind=poster");
                await RefusedAsync(stranger, HttpMethod.Get, "/v1/videos/" + id);
                await RefusedAsync(stranger, HttpMethod.Get, $"/v1/videos/{id}/content");
                await RefusedAsync(stranger, HttpMethod.Delete, "/v1/videos/" + id);
                await RefusedAsync(stranger, HttpMethod.Get, $"/fal/latchkey/sandbox-image/requests/{id}");
                await RefusedAsync(stranger, HttpMethod.Get, $"/fal/latchkey/sandbox-image/requests/{id}/status");
                await RefusedAsync(stranger, HttpMethod.Put, $"/fal/latchkey/sandbox-image/requests/{id}/cancel");
            }

            foreach (var list in new[] { "/api/library", "/api/generations" })
                (await _host.GetAsync(list, client: stranger))["items"]!.AsArray().ShouldBeEmpty();

            (await _host.GetAsync("/v1/videos", client: stranger))["data"]!.AsArray().ShouldBeEmpty();
            (await _host.GetAsync("/api/usage", client: stranger))["days"]!.AsArray().ShouldBeEmpty();
        }

        var userId = (await _host.RowAsync(picture)).OwnerId;
        await _host.GetAsync("/api/usage?owner=" + userId, HttpStatusCode.Forbidden, other);
        await _host.GetAsync("/api/budgets/" + userId, HttpStatusCode.Forbidden, mine);
        (await _host.GetAsync("/api/library", client: mine))["items"]!.AsArray().Count.ShouldBe(2);
    }

    private async Task RefusedAsync(HttpClient client, HttpMethod method, string path, object? body = null) =>
        await _host.SendAsync(method, path, body, HttpStatusCode.NotFound, client);

    [Fact]
    public async Task Can_follow_a_change_of_keys_and_cannot_be_made_to_ask_again_and_again()
    {
        var project = _host.Emulators.Supabase;
        await ListAsync(Tokens.Of(User, _host.Issuer), HttpStatusCode.OK);
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        Tokens.Rotate();

        await ListAsync(Tokens.Of(User, _host.Issuer), HttpStatusCode.OK);

        var before = project.JwksRequests;

        for (var attempt = 0; attempt < 10; attempt++)
            await ListAsync(Tokens.WithUnknownKey(User, _host.Issuer), HttpStatusCode.Unauthorized);

        project.JwksRequests.ShouldBe(before);
    }

    [Fact]
    public async Task Can_stay_signed_in_while_the_project_is_away_and_cannot_be_refused_without_asking_it()
    {
        var token = Tokens.Of(User, _host.Issuer, change: token => token.Expires = _host.Time.GetUtcNow().UtcDateTime.AddDays(1));
        await ListAsync(token, HttpStatusCode.OK);
        _host.Emulators.Supabase.AuthIsAway = true;
        _host.Time.Advance(TimeSpan.FromMinutes(20));

        await ListAsync(token, HttpStatusCode.OK);

        Tokens.Rotate();
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        var answer = await ListAsync(Tokens.Of(User, _host.Issuer), HttpStatusCode.ServiceUnavailable);
        answer["error"]!.GetValue<string>().ShouldStartWith("Supabase cannot be asked");

        _host.Emulators.Supabase.AuthIsAway = false;
        _host.Time.Advance(TimeSpan.FromSeconds(5));
        await ListAsync(Tokens.Of(User, _host.Issuer), HttpStatusCode.OK);
    }

    [Fact]
    public async Task Cannot_spend_more_than_users_begin_with_until_an_admin_gives_more()
    {
        var user = Guid.NewGuid();
        using var client = _host.ClientOf(user);
        (await _host.GetAsync("/api/budget", client: client))["available"]!.GetValue<int>().ShouldBe(100);

        // 50 to 150 credits.
        await _host.OrderAsync("/api/generate/video", new { model = "sora-2-pro", prompt = "A fox" }, client);
        var left = (await _host.GetAsync("/api/budget", client: client))["available"]!.GetValue<int>();
        left.ShouldBeLessThan(100);
        var refused = await _host.SendAsync(
            HttpMethod.Post,
            "/api/generate/video",
            new
            {
                model = "kling-2.6",
                prompt = "A fox",
                duration = 10,
            },
            HttpStatusCode.PaymentRequired,
            client
        );
        refused["available"]!.GetValue<int>().ShouldBe(left);

        await _host.SendAsync(HttpMethod.Post, $"/api/budgets/{user}/credits", new { credits = 1000 }, HttpStatusCode.OK);
        await _host.OrderAsync("/api/generate/video", new { model = "kling-2.6", prompt = "A fox" }, client);
    }

    [Fact]
    public async Task Can_limit_the_models_of_a_user_who_has_ordered_nothing_without_lifting_the_first_budget()
    {
        var user = Guid.NewGuid();

        var budget = await _host.SendAsync(HttpMethod.Put, "/api/budgets/" + user, new { models = new[] { "z-image" } }, HttpStatusCode.OK);

        budget["available"]!.GetValue<int>().ShouldBe(100);
    }

    private async Task<JsonNode> ListAsync(string token, HttpStatusCode expected)
    {
        using var client = _host.ClientWith(token);
        return await _host.GetAsync("/api/library", expected, client);
    }

    private Task<string> OrderAsync(HttpClient client) =>
        _host.OrderAsync("/api/generate/photo", new { model = "z-image", prompt = "A fox" }, client);
}
