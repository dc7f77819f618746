using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Latchkey.Generation.Supabase;

/// <summary>
/// Tells Supabase about one generation; the key is the id of its first job. One change after the other, so that none overtakes.
/// </summary>
internal interface IGenerationMirrorGrain : IGrainWithStringKey
{
    /// <summary>Carries over what is due, if anything is. Returns at once.</summary>
    [OneWay]
    Task WakeAsync();
}

/// <summary>The row is the truth: this keeps nothing that it does not hold.</summary>
internal sealed partial class GenerationMirrorGrain(MirrorPass pass, ILogger<GenerationMirrorGrain> logger)
    : Grain,
        IGenerationMirrorGrain,
        IDisposable
{
    // Longer than the largest file takes.
    private static readonly TimeSpan LongestPass = TimeSpan.FromMinutes(40);

    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    public Task WakeAsync()
    {
        if (_running.IsCompleted)
        {
            DelayDeactivation(LongestPass);
            _running = RunAsync(_ending.Token);
        }

        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _ending.CancelAsync();

    public void Dispose() => _ending.Dispose();

    private async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await pass.RunAsync(this.GetPrimaryKeyString(), cancellation);
            DeactivateOnIdle();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops, or the grain moves: the row says what is to be told.
        }
        catch (Exception failure)
        {
            Log.Broken(logger, this.GetPrimaryKeyString(), failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Telling Supabase about generation {GroupId} broke off; the sweep takes it up again")]
        public static partial void Broken(ILogger logger, string groupId, Exception failure);
    }
}
