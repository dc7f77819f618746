using Latchkey.Platform.Settings;
using Microsoft.Extensions.Hosting;

namespace Latchkey.Testing;

/// <summary>How a test's server differs from a newcomer's.</summary>
public sealed class RunningHostOptions
{
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>The server's clock; the machine's when not set.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Answers what the server sends out through <c>IHttpClientFactory</c>; without it, requests go out for real.</summary>
    public InterceptedHttp? Outgoing { get; init; }

    /// <summary>An existing data folder to go on with; a new one, deleted at the end, when not set.</summary>
    public string? DataPath { get; init; }

    /// <summary>The last word on the server's services.</summary>
    public Action<IHostApplicationBuilder>? Adjust { get; init; }

    public IReadOnlyDictionary<string, string> Settings => _settings;

    public RunningHostOptions With(Setting setting, string value)
    {
        _settings[setting.Name] = value;

        return this;
    }
}
