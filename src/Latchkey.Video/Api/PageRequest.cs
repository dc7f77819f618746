using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Latchkey.Video.Api;

/// <summary>The page that is asked for, of a list at a path.</summary>
internal sealed record PageRequest(string Path, int Current, int Size, IQueryCollection Query)
{
    public const int DefaultPage = 1;
    public const int DefaultSize = 25;
    public const int LargestSize = 100;

    /// <summary>Runs a sorted query for this page.</summary>
    public async Task<PageResponse<TWire>> OfAsync<TRow, TWire>(
        IQueryable<TRow> rows,
        Func<TRow, ValueTask<TWire>> toWire,
        CancellationToken cancellation
    )
    {
        var total = await rows.CountAsync(cancellation);
        var skipped = (Current - 1L) * Size;
        var items = new List<TWire>();

        if (skipped < total)
        {
            foreach (var row in await rows.Skip((int)skipped).Take(Size).ToListAsync(cancellation))
                items.Add(await toWire(row));
        }

        return new PageResponse<TWire>(items, Describe(items.Count, total));
    }

    public Task<PageResponse<TWire>> OfAsync<TRow, TWire>(
        IQueryable<TRow> rows,
        Func<TRow, TWire> toWire,
        CancellationToken cancellation
    ) => OfAsync(rows, row => ValueTask.FromResult(toWire(row)), cancellation);

    public PaginationResponse Describe(int items, int total)
    {
        var pages = Math.Max(1, (total + Size - 1) / Size);

        var links = new List<PaginationLink> { Link("self", Current), Link("first", 1) };

        if (Current > 1)
            links.Add(Link("previous", Math.Min(Current - 1, pages)));
        if (Current < pages)
            links.Add(Link("next", Current + 1));

        links.Add(Link("last", pages));

        return new PaginationResponse(Current, items, Size, pages, total, links);
    }

    private PaginationLink Link(string rel, int page)
    {
        var uri = new StringBuilder(Path).Append(CultureInfo.InvariantCulture, $"?currentPage={page}&pageSize={Size}");

        // The filters stay as they came, so that the next page is a page of the same list.
        foreach (var (key, values) in Query)
        {
            if (key is "currentPage" or "pageSize")
                continue;

            foreach (var value in values)
                uri.Append('&').Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value ?? ""));
        }

        return new PaginationLink(rel, uri.ToString());
    }
}

internal sealed record PageResponse<T>(IReadOnlyList<T> Data, PaginationResponse Pagination);

internal sealed record PaginationResponse(
    int CurrentPage,
    int CurrentPageItems,
    int PageSize,
    int PagesTotal,
    int ItemsTotal,
    IReadOnlyList<PaginationLink> Links
);

internal sealed record PaginationLink(string Rel, string Uri);
