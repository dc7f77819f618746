using Latchkey.EndToEnd.Tests.Running;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>/docs and /redoc of the real program in a real browser.</summary>
public sealed class DocumentPageTests(ServerFixture fixture, Chromium chromium) : IClassFixture<ServerFixture>, IClassFixture<Chromium>
{
    private readonly List<string> _complaints = [];

    private Server Server => fixture.Server;

    [Fact]
    public async Task Can_read_about_every_module_and_try_a_route_out()
    {
        var page = await OpenAsync("docs");

        foreach (
            var (title, path) in new[]
            {
                ("Video", "/videos/{videoId}"),
                ("App backend", "/api/video/create"),
                ("Latchkey host", "/readyz"),
            }
        )
        {
            await page.Locator("select#select").SelectOptionAsync(new SelectOptionValue { Label = title });
            await page.Locator($".opblock-summary-path[data-path='{path}']").First.WaitForAsync();
        }

        await page.Locator(".opblock-summary-path[data-path='/readyz']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await page.Locator(".live-responses-table .response-col_status", new() { HasTextString = "200" }).WaitForAsync();

        _complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Can_read_a_page_of_every_module()
    {
        var page = await OpenAsync("redoc");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Video (1.0.0)" }).WaitForAsync();
        await page.Locator("h2", new() { HasTextString = "Make an upload token" }).First.WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "App backend" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "App backend (1.0.0)" }).WaitForAsync();
        await page.Locator("h2", new() { HasTextString = "How far a video is" }).First.WaitForAsync();

        _complaints.ShouldBeEmpty();
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await chromium.Browser.NewPageAsync();
        page.Console += (_, message) => NoteIf(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => NoteIf(true, $"page error: {error}");
        page.RequestFailed += (_, request) => NoteIf(true, $"failed: {request.Url} {request.Failure}");
        page.Request += (_, request) => NoteIf(IsElsewhere(request.Url), $"asked elsewhere: {request.Url}");
        await page.GotoAsync($"{Server.Address}{path}");

        return page;
    }

    private bool IsElsewhere(string url) =>
        new Uri(url) is var address && address.Scheme is "http" or "https" && address.Authority != Server.Address.Authority;

    private void NoteIf(bool isComplaint, string text)
    {
        if (isComplaint)
            lock (_complaints)
                _complaints.Add(text);
    }
}
