using System.Globalization;
using System.Text.Json;
using Latchkey.Generation.Data;
using Latchkey.Generation.Generations;
using Latchkey.Generation.Outputs;
using Latchkey.Generation.Owners;
using Latchkey.Platform.Files;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Generation.OpenAiApi;

/// <summary>Answers with pictures once they are made: all in one body, or each as an event.</summary>
internal sealed class OpenAiPictures(
    JobWaiting waiting,
    IDbContextFactory<GenerationDb> databases,
    OutputFiles files,
    OutputLinks links,
    PublicUrl publicUrl,
    TimeProvider time
)
{
    /// <summary>OpenAI's clients give up after ten minutes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(9);

    /// <summary>Also what a proxy sees, so that it does not take the stream for dead.</summary>
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(10);

    /// <returns>The pictures, or why there are none.</returns>
    public async Task<(OpenAiImages? Images, OpenAiProblem? Problem)> AnswerAsync(
        HttpContext http,
        string jobId,
        bool wantsUrl,
        CancellationToken cancellation
    )
    {
        var (jobs, outputs) = await WaitAsync(http.Owner(), jobId, cancellation);

        if (outputs.Count == 0)
            return (null, OpenAiProblem.From(jobs));

        var urls = await links.ForAsync(wantsUrl ? outputs : [], publicUrl.BaseFor(http.Request), cancellation);
        var data = new List<OpenAiImage>();

        foreach (var output in outputs)
            data.Add(
                wantsUrl ? new OpenAiImage(urls.Original(output), null) : new OpenAiImage(null, await Base64Async(output, cancellation))
            );

        return (new OpenAiImages(jobs[0].CreatedAt.ToUnixTimeSeconds(), data), null);
    }

    /// <summary>Writes the whole answer: signs of life while the pictures are made, then their events, or one with the error.</summary>
    /// <param name="name">What is streamed: <c>image_generation</c> or <c>image_edit</c>.</param>
    public async Task StreamAsync(HttpContext http, string jobId, string name, CancellationToken cancellation)
    {
        var response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";

        var making = WaitAsync(http.Owner(), jobId, cancellation);
        await WriteAsync(response, ": making\n\n", cancellation);

        while (await Task.WhenAny(making, Task.Delay(BetweenSigns, time, cancellation)) != making)
            await WriteAsync(response, ": making\n\n", cancellation);

        var (jobs, outputs) = await making;

        foreach (var output in outputs)
        {
            var done = await EventAsync(name + ".completed", jobs[0], output, cancellation);
            await WriteEventAsync(response, done.Type, done, cancellation);
        }

        if (outputs.Count == 0)
            await WriteEventAsync(response, "error", OpenAiProblem.From(jobs).Body, cancellation);
    }

    private async Task<(IReadOnlyList<GenerationJob> Jobs, IReadOnlyList<GenerationOutput> Outputs)> WaitAsync(
        Owner owner,
        string jobId,
        CancellationToken cancellation
    )
    {
        var jobs = await waiting.WaitAsync(owner, jobId, LongestWait, cancellation);
        var ids = jobs.Select(job => job.Id).ToList();
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var outputs = await db.Outputs.AsNoTracking().Where(output => ids.Contains(output.JobId)).ToListAsync(cancellation);

        return (jobs, [.. outputs.OrderBy(output => ids.IndexOf(output.JobId)).ThenBy(output => output.Index)]);
    }

    private async Task<OpenAiImageEvent> EventAsync(
        string type,
        GenerationJob job,
        GenerationOutput output,
        CancellationToken cancellation
    ) =>
        new(
            type,
            await Base64Async(output, cancellation) ?? "",
            job.CreatedAt.ToUnixTimeSeconds(),
            output.ContentType.Split('/')[^1],
            string.Create(CultureInfo.InvariantCulture, $"{output.Width}x{output.Height}"),
            job.ReadOrder().Text(OrderFields.Quality) ?? "auto"
        );

    private async Task<string?> Base64Async(GenerationOutput output, CancellationToken cancellation)
    {
        if (await files.OpenAsync(output, cancellation) is not { } reader)
            return null;

        await using (reader)
            return Convert.ToBase64String(await reader.ReadAllAsync(cancellation));
    }

    private static Task WriteEventAsync<T>(HttpResponse response, string type, T data, CancellationToken cancellation) =>
        WriteAsync(response, $"event: {type}\ndata: {JsonSerializer.Serialize(data, JsonSerializerOptions.Web)}\n\n", cancellation);

    private static async Task WriteAsync(HttpResponse response, string text, CancellationToken cancellation)
    {
        await response.WriteAsync(text, cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
