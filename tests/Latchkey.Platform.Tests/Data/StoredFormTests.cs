using Latchkey.Platform.Access;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Data;

public sealed class StoredFormTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, 123, TimeSpan.FromHours(6));

    [Fact]
    public async Task Can_store_times_as_milliseconds_and_enums_as_words()
    {
        await using var data = await TestData.CreateAsync();
        await using var db = data.Db();
        db.ApiKeys.Add(ApiKey.Issue("a secret", new NewKey("n", KeyScopes.Video | KeyScopes.App, KeyEnvironment.Sandbox, Noon), Noon));
        await db.SaveChangesAsync();

        (
            await data.ScalarAsync("SELECT CreatedAt || ' ' || ExpiresAt || ' ' || Environment || ' ' || Scopes FROM platform_api_keys")
        ).ShouldBe($"{Noon.ToUnixTimeMilliseconds()} {Noon.ToUnixTimeMilliseconds()} sandbox 9");

        var read = await data.Db().ApiKeys.SingleAsync(key => key.Environment == KeyEnvironment.Sandbox && key.ExpiresAt <= Noon);
        read.CreatedAt.ShouldBe(Noon);
        read.RevokedAt.ShouldBeNull();
    }

    [Theory]
    [InlineData("ПРИВЕТ", "привет")]
    [InlineData("Ёлка", "ёлка")]
    [InlineData("CAFE\u0301", "café")]
    public void Can_fold_text_beyond_ascii(string text, string folded) => Platform.Data.Text.Fold(text).ShouldBe(folded);
}
