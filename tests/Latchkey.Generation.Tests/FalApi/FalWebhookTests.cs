using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Latchkey.Generation.Tests.Emulators;
using NSec.Cryptography;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.FalApi;

/// <summary>Webhooks of orders that came by fal.ai's interface, verified as fal.ai's documentation says.</summary>
public class FalWebhookTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private readonly GenerationHost _host = shared.Reset();

    [Fact]
    public async Task Can_be_told_of_a_result_with_a_signature()
    {
        await using var receiver = await Emulator.StartAsync(new WebhookReceiver(_host.Time));
        using var client = await _host.ClientOfAsync();
        var id = await SubmitAsync(receiver, client);

        await _host.TurnUntilAsync(() => Task.FromResult(!receiver.Received.IsEmpty));

        var (headers, body) = receiver.Received.ShouldHaveSingleItem();
        var message = JsonNode.Parse(body)!;
        message["request_id"]!.GetValue<string>().ShouldBe(id);
        message["gateway_request_id"]!.GetValue<string>().ShouldBe(id);
        message["status"]!.GetValue<string>().ShouldBe("OK");
        message["payload"]!["images"]![0]!["content_type"]!.GetValue<string>().ShouldBe("image/png");
        message.AsObject().ContainsKey("error").ShouldBeFalse();
        headers["X-Fal-Webhook-Request-Id"].ShouldBe(id);
        headers["X-Fal-Webhook-User-Id"].ShouldBe(GenerationHost.KeyIdOf(client));

        foreach (var place in new[] { "/fal/.well-known/jwks.json", "/.well-known/jwks.json" })
            (await IsSignedAsync(headers, body, place)).ShouldBeTrue();

        (await IsSignedAsync(headers, body + " ", "/fal/.well-known/jwks.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task Can_be_told_of_a_failure()
    {
        _host.Emulators.Kie.FailWith = new EmulatedFailure("500", "no");
        await using var receiver = await Emulator.StartAsync(new WebhookReceiver(_host.Time));
        await SubmitAsync(receiver, _host.Client);

        await _host.TurnUntilAsync(() => Task.FromResult(!receiver.Received.IsEmpty));

        var message = JsonNode.Parse(receiver.Received.ShouldHaveSingleItem().Body)!;
        message["status"]!.GetValue<string>().ShouldBe("ERROR");
        message["error"]!.GetValue<string>().ShouldBe("Invalid status code: 422");
        message["payload"]!["detail"]![0]!["type"]!.GetValue<string>().ShouldBe("generation_failed");
    }

    /// <summary>Receivers refuse what was signed more than five minutes ago.</summary>
    [Fact]
    public async Task Can_be_told_late_with_a_fresh_signature()
    {
        await using var receiver = await Emulator.StartAsync(new WebhookReceiver(_host.Time) { Refuses = 5 });
        _host.Step = TimeSpan.FromSeconds(20);
        await SubmitAsync(receiver, _host.Client);

        await _host.TurnUntilAsync(() => Task.FromResult(!receiver.Received.IsEmpty));

        var (headers, body) = receiver.Received.ShouldHaveSingleItem();
        receiver.Refused.ShouldBe(5);
        var signedAt = long.Parse(headers["X-Fal-Webhook-Timestamp"], CultureInfo.InvariantCulture);
        (_host.Time.GetUtcNow().ToUnixTimeSeconds() - signedAt).ShouldBeLessThan(60);
        (await IsSignedAsync(headers, body, "/fal/.well-known/jwks.json")).ShouldBeTrue();
    }

    private async Task<string> SubmitAsync(WebhookReceiver receiver, HttpClient client)
    {
        var webhook = Uri.EscapeDataString(receiver.Address + "/hook");
        var request = await _host.SendAsync(
            HttpMethod.Post,
            "/fal/latchkey/z-image?fal_webhook=" + webhook,
            new { prompt = "A fox" },
            HttpStatusCode.OK,
            client
        );

        return request["request_id"]!.GetValue<string>();
    }

    private async Task<bool> IsSignedAsync(Dictionary<string, string> headers, string body, string keysAt)
    {
        var lines = string.Join(
            '\n',
            headers["X-Fal-Webhook-Request-Id"],
            headers["X-Fal-Webhook-User-Id"],
            headers["X-Fal-Webhook-Timestamp"],
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))
        );
        var signature = Convert.FromHexString(headers["X-Fal-Webhook-Signature"]);
        var keys = (await _host.GetAsync(keysAt, client: _host.Host.Anonymous))["keys"]!.AsArray();

        return keys.Where(key => key!["crv"]?.GetValue<string>() == "Ed25519")
            .Select(key => key!["x"]!.GetValue<string>().Replace('-', '+').Replace('_', '/') + "=")
            .Select(x =>
                NSec.Cryptography.PublicKey.Import(SignatureAlgorithm.Ed25519, Convert.FromBase64String(x), KeyBlobFormat.RawPublicKey)
            )
            .Any(key => SignatureAlgorithm.Ed25519.Verify(key, Encoding.UTF8.GetBytes(lines), signature));
    }
}
