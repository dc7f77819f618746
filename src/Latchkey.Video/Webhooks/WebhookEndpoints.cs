using Latchkey.Platform.ApiDocuments;
using Latchkey.Video.Api;
using Latchkey.Video.Authentication;
using Latchkey.Video.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Webhooks;

internal static class WebhookEndpoints
{
    private const int MostWebhooks = 100;
    private const int LongestUrl = 2048;
    private const int LongestEvent = 100;

    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");

        webhooks
            .MapGet("", ListWebhooks)
            .WithSummary("List webhooks")
            .TakesQuery(new RouteParameter("events", "An event that the webhook is told of."))
            .ListsPages<WebhookResponse>();
        webhooks
            .MapPost("", CreateWebhook)
            .WithSummary("Make a webhook")
            .TakesJson<CreateWebhookBody>()
            .Produces<WebhookResponse>(StatusCodes.Status201Created)
            .FailsWithProblem(StatusCodes.Status400BadRequest);
        webhooks
            .MapGet("/{webhookId}", GetWebhook)
            .WithSummary("Get a webhook")
            .Produces<WebhookResponse>()
            .FailsWithProblem(StatusCodes.Status404NotFound);
        webhooks.MapDelete("/{webhookId}", DeleteWebhook).WithSummary("Delete a webhook").FailsWithProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<JsonHttpResult<PageResponse<WebhookResponse>>> ListWebhooks(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        CancellationToken cancellation
    )
    {
        var query = new QueryReader(request.Query);
        var events = query.Text("events");
        var page = query.Page("/webhooks");
        query.ThrowIfInvalid();

        var webhooks = db.Webhooks.AsNoTracking().Where(webhook => webhook.Environment == caller.Environment);

        if (events is not null)
        {
            var listed = $",{events},";
            webhooks = webhooks.Where(webhook => webhook.EventList.Contains(listed));
        }

        var sorted = webhooks.OrderByDescending(webhook => webhook.CreatedAt).ThenByDescending(webhook => webhook.Id);

        return ApiJson.Ok(await page.OfAsync(sorted, WebhookResponse.From, cancellation));
    }

    private static async Task<Results<JsonHttpResult<WebhookResponse>, Problem>> CreateWebhook(
        HttpRequest request,
        VideoDb db,
        CurrentCaller caller,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var body = await BodyReader.ReadAsync(request, cancellation);
        var events = ReadEvents(body);
        var url = ReadUrl(body);
        body.ThrowIfInvalid();

        if (await db.Webhooks.CountAsync(webhook => webhook.Environment == caller.Environment, cancellation) >= MostWebhooks)
            return Problems.WebhookLimitReached(MostWebhooks);

        var webhook = VideoWebhook.Create(caller.Environment, events!, url!, time.GetUtcNow());

        db.Webhooks.Add(webhook);
        await db.SaveChangesAsync(cancellation);

        return ApiJson.Created(WebhookResponse.From(webhook));
    }

    private static async Task<Results<JsonHttpResult<WebhookResponse>, Problem>> GetWebhook(
        string webhookId,
        VideoDb db,
        CurrentCaller caller,
        CancellationToken cancellation
    ) =>
        await FindAsync(db, caller, webhookId, cancellation) is { } webhook
            ? ApiJson.Ok(WebhookResponse.From(webhook))
            : Problems.ResourceNotFound("webhookId");

    private static async Task<Results<NoContent, Problem>> DeleteWebhook(
        string webhookId,
        VideoDb db,
        CurrentCaller caller,
        CancellationToken cancellation
    )
    {
        if (await FindAsync(db, caller, webhookId, cancellation) is not { } webhook)
            return Problems.ResourceNotFound("webhookId");

        db.Webhooks.Remove(webhook);
        await db.SaveChangesAsync(cancellation);

        return TypedResults.NoContent();
    }

    private static Task<VideoWebhook?> FindAsync(VideoDb db, CurrentCaller caller, string webhookId, CancellationToken cancellation) =>
        db.Webhooks.SingleOrDefaultAsync(webhook => webhook.Environment == caller.Environment && webhook.Id == webhookId, cancellation);

    private static IReadOnlyList<string>? ReadEvents(BodyReader body)
    {
        if (!body.Has("events") || body.IsNull("events"))
        {
            body.Add(Problems.AttributeRequired("events"));
            return null;
        }

        var events = body.Texts("events", WebhookEvents.All.Count, LongestEvent);

        if (events is { Count: 0 })
            body.Add(Problems.AttributeRequired("events"));
        else if (events?.Except(WebhookEvents.All, StringComparer.Ordinal).Any() == true)
            body.Invalid("events", $"Each element must be one of: {string.Join(", ", WebhookEvents.All)}.");

        return events;
    }

    private static string? ReadUrl(BodyReader body)
    {
        var url = body.RequiredText("url", LongestUrl);

        if (
            !string.IsNullOrWhiteSpace(url)
            && !(
                Uri.TryCreate(url, UriKind.Absolute, out var address)
                && address is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0 }
            )
        )
            body.Invalid("url", "This attribute must be an http or https address without credentials.");

        return url;
    }
}

internal sealed record WebhookResponse(
    string WebhookId,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Events,
    string Url,
    string SignatureSecret
)
{
    public static WebhookResponse From(VideoWebhook webhook) =>
        new(webhook.Id, webhook.CreatedAt, webhook.Events, webhook.Url, webhook.SignatureSecret);
}

internal sealed record CreateWebhookBody(IReadOnlyList<string> Events, string Url);
