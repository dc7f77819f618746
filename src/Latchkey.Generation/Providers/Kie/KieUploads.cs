using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Latchkey.Generation.References;
using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.Kie;

/// <summary>KIE.ai fetches references itself: from us when we have a public address, otherwise from its own upload API.</summary>
internal sealed class KieUploads(ProviderHttp http, IFileStore files, LatchkeySettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <returns>The input with addresses in it, or why there are none: nothing was ordered then.</returns>
    public async Task<(JsonObject? Input, ProviderFailure? Failure)> PlaceAsync(ProviderOrder order, CancellationToken cancellation)
    {
        var addresses = new Dictionary<int, string>();

        foreach (var index in ReferenceMarks.In(order.Input))
        {
            var reference = order.References[index];
            var (address, failure) = reference.PublicLink is { } link ? (link, null) : await UploadAsync(order, reference, cancellation);

            if (address is null)
                return (null, failure);

            addresses[index] = address;
        }

        return ((JsonObject)ReferenceMarks.Replace(order.Input, index => addresses[index])!, null);
    }

    private async Task<(string? Address, ProviderFailure? Failure)> UploadAsync(
        ProviderOrder order,
        PlacedReference reference,
        CancellationToken cancellation
    )
    {
        if (await files.FindAsync(reference.File.FileKey, cancellation) is not { } file)
            return (null, new(FailureKind.Order, "reference_lost", "A file that came with the order is gone."));

        var name = $"{order.JobId}-{Path.GetFileName(reference.File.FileKey)}";
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            settings[GenerationSettings.KieUploadUrl]!.TrimEnd('/') + "/api/file-stream-upload"
        )
        {
            Content = new MultipartFormDataContent
            {
                { new StoredFileContent(files, file, reference.File.ContentType), "file", name },
                { new StringContent("latchkey"), "uploadPath" },
                { new StringContent(name), "fileName" },
            },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", order.Key.Secret);
        var answer = await http.SendAsync(request, Patience, cancellation);

        // The guide and the reference disagree about the name.
        return (answer.Text("data", "downloadUrl") ?? answer.Text("data", "fileUrl")) is { Length: > 0 } address
            ? (address, null)
            : (null, Failure(answer));
    }

    private static ProviderFailure Failure(ProviderAnswer answer) =>
        (answer.Json.Number("code") ?? answer.Status) switch
        {
            401 or 403 => VendorFailures.BadKey,
            402 => VendorFailures.NoMoney,
            429 or 433 or 455 => VendorFailures.Busy(answer.RetryAfter),
            // Repeating an upload costs nothing.
            _ => new(FailureKind.Busy, "upload_failed", "The provider does not take files now.", answer.RetryAfter),
        };
}
