using Latchkey.EndToEnd.Tests.Browser;
using Shouldly;
using Xunit;

namespace Latchkey.EndToEnd.Tests.Vpn;

public sealed class VpnBrowserTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Can_be_used_by_a_page_of_another_origin()
    {
        await using var vpn = await VpnServer.StartAsync(chromium.Website.GetLeftPart(UriPartial.Authority));
        var page = await chromium.OpenAsync($"{chromium.Website}panel");

        var seen = await page.EvaluateAsync<string[]>(
            """
            async ([base, token]) => {
              const call = async (path, options = {}) => {
                const response = await fetch(base + path, {
                  ...options,
                  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
                });
                const body = await response.json();
                if (!response.ok) throw new Error(body.detail);
                return body;
              };

              const key = await call('/api/keys', { method: 'POST', body: JSON.stringify({ name: 'из браузера' }) });
              const list = await call('/api/keys');
              const link = await call(`/api/keys/${key.key_id}/link`);
              const gone = await call(`/api/keys/${key.key_id}`, { method: 'DELETE' });
              const error = await call(`/api/keys/${key.key_id}`).catch(error => error.message);
              return [key.name, list.keys.at(-1).uuid === key.uuid, link.vless_link.startsWith('vless://'), gone.success, error].map(String);
            }
            """,
            new[] { vpn.Server.Address.ToString().TrimEnd('/'), VpnServer.Secret }
        );

        seen[..4].ShouldBe(["из браузера", "true", "true", "true"]);
        seen[4].ShouldMatch(@"^Key with id \d+ not found$");
    }
}
