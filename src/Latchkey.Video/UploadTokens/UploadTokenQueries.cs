using System.Security.Cryptography;
using Latchkey.Platform.Access;
using Latchkey.Video.Api;
using Latchkey.Video.Data;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.UploadTokens;

internal static class UploadTokenQueries
{
    public static IQueryable<UploadToken> UploadTokensOf(this VideoDb db, KeyEnvironment environment) =>
        db.UploadTokens.Where(token => token.Environment == environment);

    /// <summary>The token that a request presents, if it may be used now.</summary>
    public static async Task<UploadToken?> FindValidTokenAsync(
        this VideoDb db,
        string presented,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var hash = UploadToken.HashOf(presented);
        var token = await db.UploadTokens.AsNoTracking().SingleOrDefaultAsync(token => token.Hash == hash, cancellation);

        return token is not null && AreEqual(token.Token, presented) && token.IsValid(now) ? token : null;
    }

    /// <exception cref="ProblemException">There is no such token for this caller.</exception>
    public static async Task<UploadToken> FindTokenAsync(
        this VideoDb db,
        KeyEnvironment environment,
        string presented,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var hash = UploadToken.HashOf(presented);
        var token = await db.UploadTokensOf(environment).SingleOrDefaultAsync(token => token.Hash == hash, cancellation);

        return token is not null && token.IsValid(now) ? token : throw new ProblemException(Problems.ResourceNotFound("uploadToken"));
    }

    private static bool AreEqual(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(one), System.Text.Encoding.UTF8.GetBytes(other));
}
