using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Latchkey.Generation.Generations;

/// <summary>Moves one job on; the key is the job's id. Callbacks, polls and cancels that arrive together are handled one after the other.</summary>
internal interface IGenerationJobGrain : IGrainWithStringKey
{
    /// <summary>Does what is due, if anything is. Returns at once.</summary>
    [OneWay]
    Task WakeAsync();

    /// <summary>Sends it: whoever made it wrote in its row that it is being sent, and asks for this once. Returns at once.</summary>
    [OneWay]
    Task SendAsync();

    /// <summary>A place at its provider has become free, if it still waits for one. Returns at once.</summary>
    [OneWay]
    Task TryNowAsync();

    /// <summary>Something may have happened at the provider, which is asked now. Returns at once.</summary>
    /// <param name="taskId">The provider's id of the task, when the hint names it.</param>
    [OneWay]
    Task HintAsync(string? taskId);

    /// <summary>Ends the job, unless it has ended.</summary>
    /// <returns>Whether it was this call that ended it.</returns>
    Task<bool> CancelAsync();
}

/// <summary>
/// The row is the truth: this keeps nothing that it does not hold. Work runs beside the grain's turns, on its scheduler, so that a cancel
/// does not wait for a provider's answer.
/// </summary>
internal sealed partial class GenerationJobGrain(JobRunner runner, JobEnding ending, ILogger<GenerationJobGrain> logger)
    : Grain,
        IGenerationJobGrain,
        IDisposable
{
    // Longer than any step takes: fetching the largest output.
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(40);

    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;
    private bool _isToBeSent;
    private bool _mayTry;
    private bool _hinted;
    private string? _hintedTask;

    private string JobId => this.GetPrimaryKeyString();

    public Task WakeAsync()
    {
        Run();
        return Task.CompletedTask;
    }

    public Task SendAsync()
    {
        _isToBeSent = true;
        Run();
        return Task.CompletedTask;
    }

    public Task TryNowAsync()
    {
        _mayTry = true;
        Run();
        return Task.CompletedTask;
    }

    public Task HintAsync(string? taskId)
    {
        (_hinted, _hintedTask) = (true, taskId ?? _hintedTask);
        Run();
        return Task.CompletedTask;
    }

    public Task<bool> CancelAsync() => ending.CancelAsync(JobId, _ending.Token);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private void Run()
    {
        if (!_running.IsCompleted)
            return;

        DelayDeactivation(LongestStep);
        _running = RunAsync(_ending.Token);
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            do
            {
                if (Take(ref _isToBeSent))
                    await runner.SendAsync(JobId, cancellation);

                if (Take(ref _mayTry))
                    await runner.TryAsync(JobId, cancellation);

                if (Take(ref _hinted))
                    await runner.HintAsync(JobId, _hintedTask, cancellation);

                await runner.RunAsync(JobId, cancellation);
            } while (_isToBeSent || _mayTry || _hinted);

            DeactivateOnIdle();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops, or the grain moves: the row says where to go on.
        }
        catch (Exception failure)
        {
            Log.Broken(logger, JobId, failure);
        }
    }

    private static bool Take(ref bool flag)
    {
        var was = flag;
        flag = false;
        return was;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Job {JobId} broke off; the sweep takes it up again")]
        public static partial void Broken(ILogger logger, string jobId, Exception failure);
    }
}
