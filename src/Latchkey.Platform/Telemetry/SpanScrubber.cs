using System.Diagnostics;
using OpenTelemetry;

namespace Latchkey.Platform.Telemetry;

/// <summary>
/// Paths and queries carry tokens here (<c>/upload?token=</c>, <c>/vod/{id}/token/{token}/…</c>), so spans keep the route's template and
/// the host alone, whatever the instrumentation records.
/// </summary>
internal sealed class SpanScrubber : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        data.SetTag("url.query", null);

        if (data.GetTagItem("url.path") is not null)
            data.SetTag("url.path", data.GetTagItem("http.route"));

        if (data.GetTagItem("url.full") is string full)
            data.SetTag("url.full", Uri.TryCreate(full, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Authority) : null);
    }
}
