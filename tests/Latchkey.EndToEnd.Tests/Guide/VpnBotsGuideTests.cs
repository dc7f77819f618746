using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Guide;

/// <summary>The guide for authors of bots: its samples, as they stand in it, against the running program.</summary>
public sealed class VpnBotsGuideTests
{
    private const string Guide = "docs/vpn-bots.md";
    private const string Secret = "a-secret-of-the-guide-0123456789abcdef";
    private const string WebhookSecret = "another-secret-of-the-guide";

    [Fact]
    public async Task Can_run_every_sample_and_see_what_the_guide_says()
    {
        var blocks = GuideBlock.Read(Guide);
        blocks.Where(pair => pair.Block.Mark == "run").Select(pair => pair.Block.Language).Distinct().ShouldBe(["bash", "python", "js"]);
        blocks.Count(pair => pair.Block.Mark == "run").ShouldBeGreaterThan(9);

        await using var server = await StartAsync();

        foreach (var (block, output) in blocks.Where(pair => pair.Block.Mark is "run" or "check"))
        {
            var (program, arguments) = block.Command;
            var written = await Command.SucceedAsync(program, arguments, new CommandSettings(Environment: Variables(server)));

            if (block.Mark == "run")
                GuideBlock.IsAsSaid(written, output!).ShouldBeTrue($"The guide says\n{output}\nbut it is\n{written}\nof\n{block.Code}");
        }

        server.Output.ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Can_receive_signed_events_and_refuse_forged_ones()
    {
        var (block, said) = GuideBlock.Read(Guide).Single(pair => pair.Block.Mark == "serve");
        var port = Server.FreePort().ToString(CultureInfo.InvariantCulture);
        var address = $"http://127.0.0.1:{port}/vpn-events";
        await using var server = await StartAsync(
            new Dictionary<string, string> { ["VPN_WEBHOOK_URL"] = address, ["VPN_WEBHOOK_SECRET"] = WebhookSecret }
        );
        var (program, arguments) = block.Command;
        using var receiver = Command.Start(
            program,
            arguments,
            new CommandSettings(Environment: new Dictionary<string, string> { ["WEBHOOK_SECRET"] = WebhookSecret, ["WEBHOOK_PORT"] = port })
        );

        try
        {
            await Eventually.BecomesAsync(
                () => ForgeAsync(address),
                status => status == HttpStatusCode.Unauthorized,
                TimeSpan.FromSeconds(20)
            );

            using var vpn = new HttpClient { BaseAddress = server.Address };
            vpn.DefaultRequestHeaders.Authorization = new("Bearer", Secret);
            (await vpn.PostAsJsonAsync("/api/keys", new { name = "from_the_test" })).EnsureSuccessStatusCode();

            var line = await receiver.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            GuideBlock.IsAsSaid(line!, said!).ShouldBeTrue($"It is {line}");
        }
        finally
        {
            receiver.Kill();
            await receiver.WaitForExitAsync();
        }
    }

    private static async Task<HttpStatusCode?> ForgeAsync(string address)
    {
        using var http = new HttpClient();
        using var forged = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(
                """{"type":"key.created","key":{"key_id":666,"name":"forged"}}""",
                Encoding.UTF8,
                "application/json"
            ),
        };
        forged.Headers.Add("X-Latchkey-Signature", "sha256=" + new string('0', 64));

        try
        {
            using var answer = await http.SendAsync(forged);

            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // It has not started yet.
            return null;
        }
    }

    private static Task<Server> StartAsync(IReadOnlyDictionary<string, string>? settings = null) =>
        Server.StartAsync(
            new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
            {
                ["LATCHKEY_MODULES"] = "vpn",
                ["API_SECRET_KEY"] = Secret,
                // No core listens there: keys are made, and wait for it.
                ["XRAY_API_PORT"] = Server.FreePort().ToString(CultureInfo.InvariantCulture),
                ["XRAY_CONFIG_PATH"] = "/nowhere/config.json",
                ["REALITY_PUBLIC_KEY"] = "Z84J2IelR9ch3k8VtlVhhs5ycBUlXA7wHBWcBrjqnAw",
            }
        );

    private static Dictionary<string, string> Variables(Server server) =>
        new()
        {
            ["API_URL"] = server.Address.ToString().TrimEnd('/'),
            ["API_KEY"] = Secret,
            ["PYTHONIOENCODING"] = "utf-8",
        };
}
