using Microsoft.AspNetCore.Http;

namespace Latchkey.Platform.Web;

/// <summary>What is wrong with a multipart upload.</summary>
public enum MultipartFailure
{
    /// <summary>The body is not multipart/form-data, or names no boundary.</summary>
    NotMultipart,

    /// <summary>The body does not keep to RFC 7578, or ends early.</summary>
    Malformed,

    /// <summary>No part has a file name.</summary>
    NoFile,

    /// <summary>More parts have a file name than may.</summary>
    ManyFiles,

    /// <summary>The file has no bytes.</summary>
    EmptyFile,

    /// <summary>The file is larger than allowed.</summary>
    FileTooLarge,

    /// <summary>Too many fields, or a field is too long.</summary>
    FieldsTooLarge,

    /// <summary>The sender stopped, or was too slow.</summary>
    SenderWentAway,
}

/// <summary>A bad multipart upload. Unhandled, it becomes the façade's error with its status (400, 408 or 413).</summary>
public sealed class MultipartException(MultipartFailure failure, string message, Exception? inner = null)
    : BadHttpRequestException(message, StatusOf(failure), inner ?? new InvalidDataException(message))
{
    public MultipartFailure Failure { get; } = failure;

    private static int StatusOf(MultipartFailure failure) =>
        failure switch
        {
            MultipartFailure.FileTooLarge or MultipartFailure.FieldsTooLarge => StatusCodes.Status413PayloadTooLarge,
            MultipartFailure.SenderWentAway => StatusCodes.Status408RequestTimeout,
            _ => StatusCodes.Status400BadRequest,
        };
}
