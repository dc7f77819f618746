using Latchkey.Platform.Web;
using Latchkey.Video.Api;

namespace Latchkey.Video.Uploads;

internal static class UploadProblems
{
    /// <summary>What is wrong with a multipart body in this API's words; <c>null</c> when nobody is there to read them.</summary>
    public static Problem? Of(MultipartException exception, long limit) =>
        exception.Failure switch
        {
            MultipartFailure.NotMultipart or MultipartFailure.NoFile => Problems.NoFile(),
            MultipartFailure.ManyFiles => Problems.MultipleFiles(),
            MultipartFailure.EmptyFile => Problems.EmptyFile(),
            MultipartFailure.FileTooLarge => Problems.FileTooLarge(limit),
            MultipartFailure.Malformed => Problems.InvalidFile("The multipart body is malformed, or ends too early."),
            MultipartFailure.FieldsTooLarge => Problems.InvalidPayload("There are too many form fields, or one is too long."),
            _ => null,
        };
}
