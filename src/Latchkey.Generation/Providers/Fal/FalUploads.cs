using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Latchkey.Generation.References;
using Latchkey.Platform.Files;
using Latchkey.Platform.Settings;

namespace Latchkey.Generation.Providers.Fal;

/// <summary>fal.ai fetches references itself: from us when we have a public address, otherwise from its own storage.</summary>
internal sealed class FalUploads(ProviderHttp http, IFileStore files, LatchkeySettings settings)
{
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SendPatience = TimeSpan.FromMinutes(5);

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

        var place = await http.SendAsync(Initiate(order, reference), AskPatience, cancellation);

        if (place.Text("upload_url") is not { } uploadUrl || place.Text("file_url") is not { } fileUrl)
            return (null, Failure(place));

        // The address itself is the permission: no key goes there.
        var request = new HttpRequestMessage(HttpMethod.Put, uploadUrl)
        {
            Content = new StoredFileContent(files, file, reference.File.ContentType),
        };
        var sent = await http.SendAsync(request, SendPatience, cancellation);

        return sent.IsSuccess ? (fileUrl, null) : (null, Failure(sent));
    }

    private HttpRequestMessage Initiate(ProviderOrder order, PlacedReference reference)
    {
        var address = settings[GenerationSettings.FalRestUrl]!.TrimEnd('/') + "/storage/upload/initiate?storage_type=fal-cdn-v3";
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(
                new JsonObject { ["content_type"] = reference.File.ContentType, ["file_name"] = Path.GetFileName(reference.File.FileKey) }
            ),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Key", order.Key.Secret);
        return request;
    }

    private static ProviderFailure Failure(ProviderAnswer answer) =>
        answer.Status switch
        {
            401 or 403 => VendorFailures.BadKey,
            // Repeating an upload costs nothing.
            _ => new(FailureKind.Busy, "upload_failed", "The provider does not take files now.", answer.RetryAfter),
        };
}
