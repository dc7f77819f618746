using Latchkey.Generation.Generations;
using Latchkey.Generation.Models;
using Latchkey.Generation.Tests.Emulators;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Latchkey.Generation.Tests.Providers;

/// <summary>Each enabled model, in each of its modes and qualities, goes to its vendor, which refuses what it does not document.</summary>
public class EveryModelTests(SharedGeneration shared) : IClassFixture<SharedGeneration>
{
    private static readonly Catalogue BuiltIn = CatalogueReader.Read(ModelCatalogue.BuiltIn());

    private readonly GenerationHost _host = shared.Host;

    /// <summary>All at once: one after the other they would take minutes.</summary>
    [Fact]
    public async Task Can_order_every_model_by_what_its_vendor_documents()
    {
        _host.Emulators.Reset();
        var jobs = new List<(ModelCase Case, string JobId)>();

        foreach (var its in Cases())
            jobs.Add((its, await _host.OrderAsync(its.Path, its.Body())));

        await _host.TurnUntilAsync(async () => !await _host.ReadAsync(db => db.Jobs.AnyAsync(job => job.DueAt != null)));
        _host.Emulators.Complaints.ShouldBeEmpty();

        foreach (var (its, jobId) in jobs)
        {
            var job = await _host.GetAsync("/api/jobs/" + jobId);
            job["status"]!.GetValue<string>().ShouldBe("completed", $"{its}: {job.ToJsonString()}");
            job["provider"]!.GetValue<string>().ShouldBe(its.Provider, its.ToString());
            job["results"]![0]!["url"]!.GetValue<string>().ShouldStartWith(_host.Host.Address.ToString());
        }
    }

    /// <summary>Where routes of a mode differ by a value, each value is a case.</summary>
    private static IEnumerable<ModelCase> Cases() =>
        from model in BuiltIn.Models
        where model.Enabled && model.Routes[0].Provider != "sandbox"
        from mode in model.Modes
        where mode != GenerationModes.Extend
        from condition in model
            .Routes.Where(route => route.Modes.Contains(mode))
            .Select(route => (Quality: route.When?.GetValueOrDefault("quality"), Duration: route.When?.GetValueOrDefault("duration")))
            .Distinct()
        select new ModelCase(
            model.Id,
            mode,
            condition.Quality,
            condition.Duration,
            model.Routes.First(route => route.Modes.Contains(mode) && Fits(route, condition.Quality, condition.Duration)).Provider,
            model.Kind == MediaKind.Image ? "/api/generate/photo" : "/api/generate/video"
        );

    private static bool Fits(CatalogueRoute route, string? quality, string? duration) =>
        route.When is null || route.When.All(condition => condition.Value == (condition.Key == "quality" ? quality : duration));

    private sealed record ModelCase(string Model, string Mode, string? Quality, string? Duration, string Provider, string Path)
    {
        public Dictionary<string, object> Body()
        {
            var body = new Dictionary<string, object>
            {
                ["model"] = Model,
                ["mode"] = Mode,
                ["prompt"] = $"A fox, {this}",
                ["cfgScale"] = 0.5,
                ["keepAudio"] = true,
            };

            if (Quality is not null)
                body["quality"] = Quality;

            if (Duration is not null)
                body["duration"] = Duration;

            if (
                Mode
                is GenerationModes.ImageToImage
                    or GenerationModes.ImageToVideo
                    or GenerationModes.MotionControl
                    or GenerationModes.LipSync
                    or GenerationModes.Animate
            )
                body["referenceImages"] = new[] { Media.PngDataUrl };

            if (Mode == GenerationModes.StartEnd)
                (body["startImage"], body["endImage"]) = (Media.PngDataUrl, Media.PngDataUrl);

            if (Mode is GenerationModes.VideoToVideo or GenerationModes.MotionControl or GenerationModes.Animate)
                body["referenceVideo"] = Media.Mp4DataUrl;

            if (Mode == GenerationModes.LipSync)
                body["referenceAudio"] = Media.WavDataUrl;

            return body;
        }
    }
}
