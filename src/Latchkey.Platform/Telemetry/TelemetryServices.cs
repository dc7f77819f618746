using Latchkey.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Latchkey.Platform.Telemetry;

internal static class TelemetryServices
{
    /// <summary>What the modules' own meters and sources begin with.</summary>
    private const string OwnNames = "Latchkey.*";

    /// <summary>Metrics for <c>/metrics</c>; metrics and traces to a collector only when one is named.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, LatchkeySettings settings)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("latchkey"));
        var collector = settings[PlatformSettings.OtlpEndpoint] is { } endpoint ? new Uri(endpoint) : null;

        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(OwnNames, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel");
            metrics.AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddPrometheusExporter();

            if (collector is not null)
                metrics.AddOtlpExporter(exporter => exporter.Endpoint = collector);
        });

        if (collector is not null)
            telemetry.WithTracing(traces =>
                traces
                    .AddSource(OwnNames)
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddProcessor(new SpanScrubber())
                    .AddOtlpExporter(exporter => exporter.Endpoint = collector)
            );

        return services;
    }
}
