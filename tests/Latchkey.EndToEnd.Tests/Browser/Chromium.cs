using Latchkey.EndToEnd.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Browser;

/// <summary>Debian's Chromium, and a website on another origin whose pages use api.video's browser libraries.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private WebApplication _website = null!;

    public IBrowser Browser { get; private set; } = null!;

    internal Uri Website { get; } = new($"http://127.0.0.1:{Server.FreePort()}");

    public async ValueTask InitializeAsync()
    {
        await Command.SucceedAsync("npm", ["run", "--silent", "bundle"], new CommandSettings(Folders.Clients));
        _website = await StartWebsiteAsync();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--no-first-run",
                    "--ignore-certificate-errors",
                    "--autoplay-policy=no-user-gesture-required",
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        await _website.DisposeAsync();
    }

    /// <summary>A page of its own session; what the page writes to its console ends up in the test's output.</summary>
    public async Task<IPage> OpenAsync(string address)
    {
        var context = await Browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                IgnoreHTTPSErrors = true,
                ViewportSize = new ViewportSize { Width = 960, Height = 540 },
            }
        );
        var page = await context.NewPageAsync();
        var output = TestContext.Current.TestOutputHelper;
        page.Console += (_, message) => output?.WriteLine($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => output?.WriteLine($"page error: {error}");
        page.RequestFailed += (_, request) => output?.WriteLine($"failed: {request.Url} {request.Failure}");
        await page.GotoAsync(address);

        return page;
    }

    private async Task<WebApplication> StartWebsiteAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Website.ToString());
        var website = builder.Build();

        website.MapGet("/{name}", (string name) => Results.Content(Page(name), "text/html"));
        website.MapGet("/dist/{name}", (string name) => Results.File(Path.Combine(Folders.Clients, "dist", name), "text/javascript"));
        await website.StartAsync();

        return website;
    }

    private static string Page(string name) =>
        $"""
            <!doctype html><meta charset="utf-8"><title>{name}</title>
            <input type="file"><div id="target" style="width: 800px; height: 450px"></div>
            <script src="/dist/{name}.js"></script>
            """;
}
