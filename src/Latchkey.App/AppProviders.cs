using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Latchkey.Platform.Settings;

namespace Latchkey.App;

/// <summary>Asks the outside parties behind <see cref="AppSettings"/> whether the operator's values work. Changes nothing there.</summary>
internal static class AppProviders
{
    // The gateway's statuses: 0 accepted, 2 authorisation, 3 our IP address, 4 no money, 5 sender, 11 test mode.
    private const int SmsAccepted = 0;
    private const int SmsTestMode = 11;

    private static readonly LocalizedText Refused = new("the service refuses this key", "сервис не принимает этот ключ");

    /// <summary><c>POST /auth/api-key</c>, https://docs.api.video/reference/api/Authentication.</summary>
    public static async Task<LocalizedText?> CheckApiVideoAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        var address = Below(settings[AppSettings.ApiVideoUrl]!, "auth/api-key");
        using var answer = await http.PostAsJsonAsync(
            address,
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["apiKey"] = settings[AppSettings.ApiVideoKey] },
            cancellation
        );

        return Judge(answer);
    }

    /// <summary>A message marked as a test: the gateway checks login, sender and balance, and sends nothing.</summary>
    public static async Task<LocalizedText?> CheckSmsAsync(LatchkeySettings settings, HttpClient http, CancellationToken cancellation)
    {
        if (!settings.IsSet(AppSettings.SmsLogin))
        {
            return new("SMS_LOGIN is needed to ask the gateway", "чтобы спросить шлюз, нужен SMS_LOGIN");
        }

        using var body = new StringContent(SmsTest(settings), Encoding.UTF8, "application/xml");
        using var answer = await http.PostAsync(new Uri(settings[AppSettings.SmsUrl]!), body, cancellation);

        if (!answer.IsSuccessStatusCode)
        {
            return Judge(answer);
        }

        return ReadSmsStatus(await answer.Content.ReadAsStringAsync(cancellation)) switch
        {
            SmsAccepted or SmsTestMode => null,
            2 => new("the gateway refuses SMS_LOGIN and SMS_PASSWORD", "шлюз не принимает SMS_LOGIN и SMS_PASSWORD"),
            3 => new("the gateway does not allow this server's IP address", "шлюз не разрешает IP-адрес этого сервера"),
            4 => new("the gateway's account has no money left", "на счёте шлюза закончились деньги"),
            5 => new("the gateway has not approved SMS_SENDER", "шлюз не одобрил имя SMS_SENDER"),
            { } status => new($"the gateway answers with status {status}", $"шлюз отвечает статусом {status}"),
            null => new("the gateway's answer can't be read", "ответ шлюза не удалось прочитать"),
        };
    }

    private static LocalizedText? Judge(HttpResponseMessage answer) =>
        answer.StatusCode switch
        {
            _ when answer.IsSuccessStatusCode => null,
            HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Refused,
            var status => new($"the service answers with {(int)status}", $"сервис отвечает {(int)status}"),
        };

    private static string SmsTest(LatchkeySettings settings)
    {
        // At most 12 characters, unique for each message.
        var id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12];

        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <message><login>{Escaped(settings[AppSettings.SmsLogin])}</login><pwd>{Escaped(settings[AppSettings.SmsPassword])}</pwd><id>{id}</id><sender>{Escaped(
                settings[AppSettings.SmsSender]
            )}</sender><text>check-env</text><phones><phone>996550000000</phone></phones><test>1</test></message>
            """;
    }

    private static string Escaped(string? value) => SecurityElement.Escape(value) ?? "";

    private static int? ReadSmsStatus(string xml)
    {
        try
        {
            var status = XDocument.Parse(xml).Root?.Elements().FirstOrDefault(element => element.Name.LocalName == "status")?.Value;
            return int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static Uri Below(string address, string path) => new($"{address.TrimEnd('/')}/{path}");
}
