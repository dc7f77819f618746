using System.Net;
using System.Net.Sockets;
using System.Text;
using Latchkey.Platform.Web;
using Latchkey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Latchkey.Platform.Tests.Web;

/// <summary>A real Kestrel on loopback with façades and the routes of one test.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestSite(WebApplication app, LogRecorder logs)
    {
        (_app, Logs) = (app, logs);
        Address = new Uri(_app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }
    public HttpClient Client { get; }
    public LogRecorder Logs { get; }
    public IServiceProvider Services => _app.Services;

    public static async Task<TestSite> StartAsync(Action<IEndpointRouteBuilder> routes, params Facade[] facades)
    {
        var logs = new LogRecorder();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());

        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        builder.Services.AddWeb(facades, publicUrl: null, trustedProxies: []);
        builder.Logging.AddProvider(logs);

        var site = builder.Build();
        site.UseFacades();
        routes(site);
        await site.StartAsync();

        return new TestSite(site, logs);
    }

    /// <summary>Sends bytes as they are, and gives back the whole answer.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request));

        using var reader = new StreamReader(socket.GetStream(), Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Writes the status and the kind of the failure.</summary>
internal sealed class PlainProblems(string name) : IProblemWriter
{
    public Task WriteAsync(HttpContext context, int status, Exception? failure)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync($"{name} {status} {failure?.GetType().Name}".TrimEnd());
    }
}
