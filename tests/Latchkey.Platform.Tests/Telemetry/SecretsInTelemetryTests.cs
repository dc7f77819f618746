using System.Collections.Concurrent;
using System.Diagnostics;
using Latchkey.Platform.Settings;
using Latchkey.Testing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Shouldly;
using Xunit;

namespace Latchkey.Platform.Tests.Telemetry;

public sealed class SecretsInTelemetryTests
{
    private const string Secret = "tok_VERYsecret";

    [Fact]
    public async Task Cannot_see_tokens_of_addresses_in_spans_and_logs()
    {
        var spans = new SpanRecorder();
        await using var host = await RunningHost.StartAsync(
            new RunningHostOptions
            {
                Adjust = builder => builder.Services.ConfigureOpenTelemetryTracerProvider((_, traces) => traces.AddProcessor(spans)),
            }.With(PlatformSettings.OtlpEndpoint, "http://127.0.0.1:9")
        );

        await host.Anonymous.GetAsync($"/health?token={Secret}");
        await host.Anonymous.GetAsync($"/vod/{Secret}/nowhere?token={Secret}");

        // The host's own client makes a span too, as it would for a webhook or a download.
        await Eventually.IsTrueAsync(() => spans.Ended.Count(span => span.Kind == ActivityKind.Server) >= 2);
        spans.Ended.ShouldContain(span => span.Tags.Any(tag => tag.Key == "http.route" && tag.Value == "/health"));

        foreach (var span in spans.Ended)
            $"{span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => tag.Value))}".ShouldNotContain(Secret);

        host.Logs.ShouldAllBe(line => !line.ToString().Contains(Secret));
    }

    private sealed class SpanRecorder : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Ended { get; } = new();

        public override void OnEnd(Activity data) => Ended.Enqueue(data);
    }
}
