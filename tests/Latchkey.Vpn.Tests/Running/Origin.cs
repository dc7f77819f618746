using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Latchkey.Vpn.Tests.Running;

/// <summary>A website on loopback, for those who are through the VPN.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly WebApplication _website;

    private Origin(WebApplication website) => _website = website;

    /// <summary>Asks for twenty bytes, and for the end of the connection after them.</summary>
    public static ReadOnlyMemory<byte> SmallRequest { get; } =
        "GET /bytes/20 HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n"u8.ToArray();

    public int Port => new Uri(_website.Urls.First()).Port;

    public static async Task<Origin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var website = builder.Build();

        website.MapGet("/bytes/{count:int}", SendAsync);
        website.MapPost("/length", CountAsync);
        await website.StartAsync();

        return new Origin(website);
    }

    public Uri Bytes(int count) => new($"http://127.0.0.1:{Port}/bytes/{count}");

    /// <summary>Answers how many bytes it was sent.</summary>
    public Uri Length => new($"http://127.0.0.1:{Port}/length");

    public ValueTask DisposeAsync() => _website.DisposeAsync();

    private static async Task SendAsync(int count, HttpContext http)
    {
        http.Response.ContentLength = count;
        var block = new byte[BlockBytes];

        for (var left = count; left > 0; left -= block.Length)
            await http.Response.Body.WriteAsync(block.AsMemory(0, Math.Min(left, block.Length)));
    }

    private static async Task CountAsync(HttpContext http)
    {
        var block = new byte[BlockBytes];
        long length = 0;

        while (await http.Request.Body.ReadAsync(block) is > 0 and var read)
            length += read;

        await http.Response.WriteAsync(length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
