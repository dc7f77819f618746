using System.Globalization;

namespace Latchkey.Video.Api;

/// <summary>
/// The catalogue: every error that the API's routes can raise, by the names under which api.video documents them
/// (docs.api.video/reference). Statuses, types, names and the titles that clients show are part of the contract.
/// </summary>
internal static class Problems
{
    // Requests

    public static Problem AttributeRequired(string name) => Bad("attribute-required", "This attribute is required.", name);

    public static Problem InvalidAttribute(string name, string detail) =>
        Bad("invalid-attribute", "An attribute is invalid.", name, detail);

    public static Problem InvalidPayload(string detail) => Bad("invalid-payload", "The payload is invalid.", detail: detail);

    public static Problem InvalidQueryParameter(string name, string detail) =>
        Bad("request-invalid-query-parameter", "A query parameter is invalid.", name, detail);

    public static Problem OutOfRange(string name, long min, long? max) =>
        new(400, null, "This parameter is out of the range of values it may have.", name) { Range = new ProblemRange(min, max) };

    public static Problem ResourceNotFound(string name) =>
        Problem.Of(404, "resource-not-found", "The requested resource was not found.", name);

    public static Problem UnrecognizedRequestUrl() => Problem.Of(404, "unrecognized-request-url", "This request URL is not recognized.");

    public static Problem MethodNotAllowed() => Problem.Of(405, "method-not-allowed", "This method is not allowed here.");

    public static Problem TooManyRequests() => Problem.Of(429, "too-many-requests", "Too many requests.");

    public static Problem ServerError() => Problem.Of(500, "server-error", "Server error");

    public static Problem StorageFull() =>
        Problem.Of(
            507,
            "storage-full",
            "The server has no room left to store this.",
            detail: "Nothing was stored of this request. Try again later."
        );

    public static Problem WebhookLimitReached(int limit) =>
        Bad("webhook-limit-reached", "The webhook limit is reached.", detail: $"There can be at most {limit} webhooks. Delete one first.");

    // Credentials

    public static Problem InvalidUserCredentials() =>
        Bad("authentication-invalid-user-credentials", "The user credentials are incorrect.", name: "");

    public static Problem InvalidApiKey() => Unauthorized("authentication-invalid-api-key", "The API key is invalid.");

    public static Problem InvalidAccessToken() => Unauthorized("authentication-invalid-access-token", "The access token is invalid.");

    public static Problem InvalidRefreshToken() => Unauthorized("authentication-invalid-refresh-token", "The refresh token is invalid.");

    public static Problem MissingUploadToken() => Unauthorized("authentication-missing-upload-token", "The upload token is missing.");

    public static Problem InvalidUploadToken() => Unauthorized("authentication-invalid-upload-token", "The upload token is invalid.");

    public static Problem MissingAuthorizationHeader() =>
        Unauthorized("authentication-missing-authorization-header", "The Authorization header is missing.");

    public static Problem InvalidAuthorizationHeader() =>
        Unauthorized("authentication-invalid-authorization-header-value", "The Authorization header has an invalid value.");

    /// <summary>A good key that may not do this. Not a 401: clients answer that one by signing in again, for ever.</summary>
    public static Problem MissingScope() =>
        Problem.Of(403, "authorization-missing-scope", "This API key may not be used for videos.", detail: "It lacks the scope \"video\".");

    // Files

    public static Problem NoFile() => Bad("uploaded-file-no-file", "There is no uploaded file in the request.", "file");

    public static Problem MultipleFiles() =>
        Bad("uploaded-file-multiple-files", "There is more than one uploaded file in the request.", "file");

    public static Problem EmptyFile() => Bad("uploaded-file-empty", "The uploaded file is empty.", "file");

    public static Problem FileTooLarge(long limit) =>
        Bad("uploaded-file-too-large", "The uploaded file is too large.", "file", Invariant($"It may have {limit} bytes."));

    public static Problem InvalidFile(string detail) => Bad("uploaded-file-invalid-file", "The uploaded file is invalid.", "file", detail);

    public static Problem InvalidExtension(string allowed) =>
        Bad("uploaded-file-extension-invalid", $"The uploaded file is of a kind that is not accepted. Accepted are: {allowed}.", "file");

    // Sources

    public static Problem AlreadyUploaded() => Bad("video-source-already-uploaded", "The source of the video is already uploaded.", "file");

    public static Problem AlreadyDownloaded() =>
        Bad("video-source-already-downloaded", "The source of the video is already downloaded, or about to be.", "video");

    public static Problem AlreadyCopied() =>
        Bad("video-source-already-copied", "The source of the video is a copy of another video.", "video");

    // Content-Range

    public static Problem RangeMalformed() =>
        Range(
            "malformed",
            "The Content-Range header is malformed.",
            "Write \"part {part}/{total}\" or \"bytes {from}-{to}/{total}\"; while the total of the parts is not known, it is \"*\"."
        );

    public static Problem RangeAlreadyInitiated() =>
        Range("already-initiated", "The upload was begun in pieces.", "Go on with the Content-Range header.");

    public static Problem RangeStartedWithPart() => Range("started-with-part", "The upload was begun by parts.", "Go on with parts.");

    public static Problem RangeStartedWithBytes() =>
        Range("started-with-bytes", "The upload was begun by byte ranges.", "Go on with byte ranges.");

    public static Problem PartZero() => Part("part-zero", "Parts are counted from 1.");

    public static Problem TotalPartsZero() => Part("total-parts-zero", "There is at least one part.");

    public static Problem PartTooHighAllowed(long most) => Part("part-too-high-allowed", Invariant($"The highest part is {most}."));

    public static Problem TotalPartsTooHigh(long most) => Part("total-parts-too-high", Invariant($"There can be at most {most} parts."));

    public static Problem PartTooHighTotal() => Part("part-too-high-total", "The part is higher than the total of the parts.");

    public static Problem TotalPartsTooLow() => Part("total-parts-too-low", "A part higher than this total was already sent.");

    public static Problem DifferentTotalParts() => Part("different-total-parts", "An earlier part gave another total of the parts.");

    public static Problem PartAlreadySent() => Part("part-already-sent", "This part was already sent.");

    public static Problem PartTooSmall(long least) =>
        Part("uploaded-file-too-small", Invariant($"A part has at least {least} bytes, unless it is the last one."));

    public static Problem FromByteTooHigh() => Bytes("from-byte-too-high", "The first byte is higher than the last byte.");

    public static Problem RangeMismatch() => Bytes("range-mismatch", "The uploaded file has another length than the range.");

    public static Problem RangeOverlap() => Bytes("range-overlap", "The range overlaps with one that was already sent.");

    public static Problem RangeTooSmall(long least) =>
        Bytes("range-too-small", Invariant($"A range has at least {least} bytes, unless it is the last one."));

    public static Problem RangeTooLarge(long most) => Bytes("range-too-large", Invariant($"A range has at most {most} bytes."));

    public static Problem ToByteTooHighAllowed(long most) => Bytes("to-byte-too-high-allowed", Invariant($"The highest byte is {most}."));

    public static Problem ToByteTooHighTotal() => Bytes("to-byte-too-high-total", "The last byte lies beyond the total.");

    public static Problem TotalBytesZero() => Bytes("total-bytes-zero", "The total of the bytes is at least 1.");

    public static Problem TotalBytesTooHigh(long most) => Bytes("total-bytes-too-high", Invariant($"There can be at most {most} bytes."));

    public static Problem TotalBytesTooLow() => Bytes("total-bytes-too-low", "A byte beyond this total was already sent.");

    public static Problem DifferentTotalBytes() => Bytes("different-total-bytes", "An earlier range gave another total of the bytes.");

    private static Problem Bad(string slug, string title, string? name = null, string? detail = null) =>
        Problem.Of(400, slug, title, name, detail);

    private static Problem Unauthorized(string slug, string title) => Problem.Of(401, slug, title);

    private static Problem Range(string slug, string title, string? detail = null) =>
        Bad("video-content-range-" + slug, title, "Content-Range", detail);

    private static Problem Part(string slug, string title) => Range("by-part-" + slug, title);

    private static Problem Bytes(string slug, string title) => Range("by-bytes-" + slug, title);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
