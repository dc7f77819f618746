namespace Latchkey.Vpn.Tests.Running;

/// <summary>A configuration as an operator of Xray writes one by hand.</summary>
internal static class RealityConfiguration
{
    public const string PrivateKey = "wDJ4Gq0ZxN8Zb8Jm5p2r0sT7uV1wX3yZ5aB7cD9eF1g";
    public const string StrangerId = "5c1e8c6e-0a3b-4c5d-9e8f-7a6b5c4d3e2f";

    public const string Text = $$"""
        {
          // The operator's own words.
          "log": { "loglevel": "warning" },
          "inbounds": [
            {
              "tag": "vless-reality", "listen": "0.0.0.0", "port": 443, "protocol": "vless",
              "settings": {
                "clients": [
                  { "id": "{{StrangerId}}", "email": "boss@example.com", "flow": "xtls-rprx-vision" },
                  { "id": "00000000-0000-4000-8000-000000000001", "email": "user_1_00000000" },
                ],
                "decryption": "none"
              },
              "streamSettings": {
                "network": "tcp", "security": "reality",
                "realitySettings": {
                  "dest": "www.microsoft.com:443", "serverNames": ["microsoft.com"],
                  "privateKey": "{{PrivateKey}}", "shortIds": ["", "aabbccdd"]
                }
              }
            }
          ],
          "outbounds": [{ "protocol": "freedom" }]
        }
        """;
}
