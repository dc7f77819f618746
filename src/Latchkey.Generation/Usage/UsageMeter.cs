using System.Diagnostics;
using System.Diagnostics.Metrics;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Usage;

/// <summary>What <c>/metrics</c> shows of this module.</summary>
internal sealed class UsageMeter : IDisposable
{
    private readonly Meter _meter = new("Latchkey.Generation");
    private readonly Counter<long> _jobs;
    private readonly Counter<long> _credits;
    private readonly Counter<long> _submissions;
    private readonly Counter<long> _polls;
    private readonly Histogram<double> _seconds;

    public UsageMeter()
    {
        _jobs = _meter.CreateCounter<long>("latchkey.generation.jobs", description: "Jobs that ended, by model, provider and outcome");
        _credits = _meter.CreateCounter<long>("latchkey.generation.credits", description: "Credits spent on what was delivered");
        _submissions = _meter.CreateCounter<long>("latchkey.generation.submissions", description: "Tasks sent to providers, by outcome");
        _polls = _meter.CreateCounter<long>("latchkey.generation.polls", description: "Looks at tasks of providers");
        _seconds = _meter.CreateHistogram<double>("latchkey.generation.duration", "s", "From order to result");
    }

    public void Ended(GenerationJob job, DateTimeOffset now)
    {
        var tags = new TagList
        {
            { "model", job.ModelId },
            { "provider", job.Provider },
            { "outcome", job.State.ForCallers() },
        };
        _jobs.Add(1, tags);

        if (job.State != JobState.Succeeded)
            return;

        _credits.Add(job.Cost, tags);
        _seconds.Record((now - job.CreatedAt).TotalSeconds, tags);
    }

    public void Submitted(string provider, string outcome) =>
        _submissions.Add(1, new TagList { { "provider", provider }, { "outcome", outcome } });

    public void Polled(string provider) => _polls.Add(1, new TagList { { "provider", provider } });

    public void Dispose() => _meter.Dispose();
}
