using System.Globalization;
using Latchkey.Platform.Access;
using Latchkey.Platform.Settings;
using Latchkey.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Latchkey.Video.Authentication;

internal enum RequestKind
{
    Upload,
    Write,
    Read,
}

/// <summary>How many requests a minute a key may make, by kind, as api.video counts them; an upload token counts as its own key.</summary>
internal sealed class RequestLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly object PartitionKey = new();

    private readonly Dictionary<(KeyEnvironment, RequestKind), RateLimit> _limits = [];

    public RequestLimits(LatchkeySettings settings)
    {
        Add(KeyEnvironment.Production, settings[VideoSettings.ProductionLimits]!);
        Add(KeyEnvironment.Sandbox, settings[VideoSettings.SandboxLimits]!);
    }

    public static bool TryRead(string text, out IReadOnlyList<int> limits)
    {
        limits = [];
        var parts = text.Split('/');

        if (parts.Length != Enum.GetValues<RequestKind>().Length)
            return false;

        var numbers = new int[parts.Length];

        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }

        limits = numbers;
        return true;
    }

    /// <param name="partition">The id of the key, or the hash of the upload token.</param>
    /// <returns>Whether the request may go on; its answer's headers are set.</returns>
    public bool TryEnter(HttpContext context, KeyEnvironment environment, RequestKind kind, string partition)
    {
        if (!_limits.TryGetValue((environment, kind), out var limit))
            return true;

        context.Items[PartitionKey] = partition;
        return limit.TryEnter(context);
    }

    public void Dispose()
    {
        foreach (var limit in _limits.Values)
            limit.Dispose();
    }

    private void Add(KeyEnvironment environment, string text)
    {
        if (!TryRead(text, out var permits))
            throw new InvalidOperationException("The rate limits of the video module are not three numbers.");

        foreach (var kind in Enum.GetValues<RequestKind>())
        {
            if (permits[(int)kind] > 0)
                _limits[(environment, kind)] = new RateLimit(permits[(int)kind], Window, context => context.Items[PartitionKey] as string);
        }
    }
}
