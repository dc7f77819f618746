using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Latchkey.Generation.Data;
using Latchkey.Generation.FalApi;
using Latchkey.Generation.Outputs;
using Latchkey.Platform.Web;
using Latchkey.Platform.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.Generations;

/// <summary>
/// Tells the address that came with an order how it ended: once all its variants have. Signed with the owner's secret over the time and the
/// exact body: <c>X-Latchkey-Signature: v1=HMAC-SHA256(secret, timestamp + "." + body)</c>, in hex; or in fal.ai's words and way, when the order
/// came by its interface.
/// </summary>
internal sealed class JobWebhooks(OutputLinks links, PublicUrl publicUrl, ModuleSecrets secrets, FalWebhookKey falKey) : IWebhookHeaders
{
    public const string TimestampHeader = "X-Latchkey-Timestamp";
    public const string SignatureHeader = "X-Latchkey-Signature";

    public string Module => GenerationModule.Prefix;

    /// <summary>An owner's webhook secret, which only that owner is told.</summary>
    public string SecretOf(string ownerId) =>
        "whsec_" + Convert.ToHexStringLower(HMACSHA256.HashData(secrets.Webhooks, Encoding.UTF8.GetBytes(ownerId)));

    /// <summary>In the transaction of a job's end; <c>null</c> when nothing is to be told.</summary>
    public async Task<OutboxMessage?> AddAsync(GenerationDb db, GenerationJob job, DateTimeOffset now, CancellationToken cancellation)
    {
        if (job.WebhookUrl is not { } url)
            return null;

        var jobs = await db.Jobs.Where(row => row.GroupId == job.GroupId).OrderBy(row => row.Number).ToListAsync(cancellation);

        if (jobs.Exists(row => !row.HasEnded))
            return null;

        var ids = jobs.ConvertAll(row => row.Id);
        var outputs = await db.Outputs.Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);
        var (type, body) = Tell(job.WebhookDialect, jobs, outputs);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);

        // Whom it tells of must be known when it is signed, which is when it is sent.
        if (job.WebhookDialect == WebhookDialect.Fal)
            headers[FalWebhookKey.RequestHeader] = job.GroupId;

        var message = OutboxMessage.Create(GenerationModule.Prefix, job.OwnerId, type, url, body, headers, now);
        db.Outbox.Add(message);
        await db.SaveChangesAsync(cancellation);

        return message;
    }

    /// <summary>At each attempt: receivers refuse a signature that is some minutes old.</summary>
    public IReadOnlyDictionary<string, string> For(OutboxMessage message, DateTimeOffset now) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(message.Headers)!.TryGetValue(FalWebhookKey.RequestHeader, out var requestId)
            ? falKey.Sign(requestId, message.EndpointId, message.Body, now)
            : Sign(message.EndpointId, message.Body, now);

    private (string Type, byte[] Body) Tell(WebhookDialect dialect, List<GenerationJob> jobs, List<GenerationOutput> outputs)
    {
        var urls = links.Own(publicUrl.BaseWithoutRequest);

        if (dialect == WebhookDialect.Fal)
        {
            var told = FalWebhook.From(jobs, outputs, urls);
            return ("fal." + told.Status, JsonSerializer.SerializeToUtf8Bytes(told, JsonSerializerOptions.Web));
        }

        var response = JobResponse.From(jobs, outputs, urls);
        var type = "generation." + response.Status;
        return (type, JsonSerializer.SerializeToUtf8Bytes(new { type, data = response }, JsonSerializerOptions.Web));
    }

    private Dictionary<string, string> Sign(string ownerId, byte[] body, DateTimeOffset now)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. body];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(SecretOf(ownerId)), signed);

        return new(StringComparer.Ordinal)
        {
            [TimestampHeader] = timestamp,
            [SignatureHeader] = "v1=" + Convert.ToHexStringLower(signature),
        };
    }
}
