using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.EndToEnd.Tests.Running;
using Shouldly;
using Xunit;
using Pictures = Latchkey.Generation.Tests.Emulators.Media;

namespace Latchkey.EndToEnd.Tests.Weather;

/// <summary>Pictures that come with orders go from the socket to the disk, however many arrive at once.</summary>
public class LargeOrderTests
{
    private const int AtOnce = 8;
    private const int Megabyte = 1024 * 1024;
    private const int NearlyFull = 49 * Megabyte;

    /// <summary>Above what the server has at rest. All bodies together have four hundred megabytes.</summary>
    private const long MostMemory = 150L * Megabyte;

    [Fact]
    public async Task Can_take_many_large_orders_in_little_memory()
    {
        await using var server = await Server.StartAsync();
        using var client = await SandboxClientAsync(server);

        // What is loaded and compiled once does not count.
        await OrderAsync(client, """{"model":"sandbox-image","prompt":"A fox"}"""u8.ToArray(), HttpStatusCode.OK, -1);
        var before = server.Memory("VmRSS");

        var picture = Convert.ToBase64String([.. Pictures.Png, .. new byte[18 * Megabyte]]);
        var good = Encoding.ASCII.GetBytes(
            $$"""
            {"model":"nano-banana-pro","prompt":"A fox","variants":1,
             "referenceImages":["data:image/png;base64,{{picture}}","data:image/png;base64,{{picture}}"]}
            """
        );
        good.Length.ShouldBeInRange(48 * Megabyte, 50 * Megabyte);
        await AllAtOnceAsync(number => OrderAsync(client, good, HttpStatusCode.OK, number));

        byte[][] rubbish =
        [
            Filled("", (byte)'['),
            Filled("""{"model":"sandbox-image","prompt":" """, (byte)'x'),
            Filled("""{"model":"sandbox-image","prompt":"x","referenceImage":"data:image/png;base64,""", (byte)'!'),
            Filled("""{"model":"sandbox-image","prompt":"x","referenceImage":"data:image/png;base64,""", (byte)'A', "\"}"),
        ];
        await AllAtOnceAsync(number => OrderAsync(client, rubbish[number % rubbish.Length], HttpStatusCode.BadRequest, number));
        await AllAtOnceAsync(number => EditAsync(client, number));

        var most = server.Memory("VmHWM") - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{most / Megabyte} MB more than at rest");
        most.ShouldBeLessThan(MostMemory);
    }

    [Fact]
    public async Task Cannot_send_more_than_fifty_megabytes()
    {
        await using var server = await Server.StartAsync(new Dictionary<string, string> { ["LATCHKEY_MODULES"] = "generation" });
        using var client = await SandboxClientAsync(server);

        (await TooMuchAsync("/api/generate/photo")).ShouldBe("""{"error":"Request body is too large"}""");
        (await TooMuchAsync("/v1/images/generations")).ShouldContain("\"type\":\"invalid_request_error\"");
        (await TooMuchAsync("/fal/latchkey/sandbox-image")).ShouldBe("""{"detail":"Request body is too large"}""");

        async Task<string> TooMuchAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[51 * Megabyte]) };
            request.Headers.ExpectContinue = true;
            using var answer = await client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static Task AllAtOnceAsync(Func<int, Task> send) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(send));

    private static async Task OrderAsync(HttpClient client, byte[] body, HttpStatusCode expected, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/generate/photo") { Content = new ByteArrayContent(body) };
        request.Headers.Add("Idempotency-Key", $"{expected}-{number}");
        using var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>As a form, by OpenAI's interface.</summary>
    private static async Task EditAsync(HttpClient client, int number)
    {
        using var form = new MultipartFormDataContent { { new StringContent($"Blue {number}"), "prompt" } };
        form.Add(new StringContent("sandbox-image"), "model");
        form.Add(new StringContent("url"), "response_format");

        for (var picture = 0; picture < 4; picture++)
            form.Add(new ByteArrayContent([.. Pictures.Png, .. new byte[9 * Megabyte]]), "image[]", "fox.png");

        using var answer = await client.PostAsync("/v1/images/edits", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static byte[] Filled(string start, byte with, string end = "")
    {
        var bytes = new byte[NearlyFull];
        Array.Fill(bytes, with);
        Encoding.ASCII.GetBytes(start, bytes);
        Encoding.ASCII.GetBytes(end, bytes.AsSpan(bytes.Length - end.Length));

        return bytes;
    }

    /// <summary>A key whose orders need no provider.</summary>
    private static async Task<HttpClient> SandboxClientAsync(Server server)
    {
        using var folder = new TemporaryFolder();
        var made = await Command.SucceedAsync(
            Folders.Binary,
            ["keys", "create", "--scopes", "generation", "--sandbox", "--json"],
            new CommandSettings(folder.Path, server.Settings)
        );
        var client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)JsonNode.Parse(made)!["secret"]!);

        return client;
    }
}
