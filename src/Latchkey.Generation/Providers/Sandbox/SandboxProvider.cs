using System.Globalization;
using Latchkey.Generation.Generations;

namespace Latchkey.Generation.Providers.Sandbox;

/// <summary>
/// Needs no key and no network: renders a marked test picture or clip with the prompt on it. A task's state follows from the time at which it
/// was sent, so that it survives a restart as a vendor's would.
/// </summary>
internal sealed class SandboxProvider(SandboxRendering rendering, TimeProvider time) : IProvider
{
    private const string TaskPrefix = "sandbox_";
    private static readonly TimeSpan Waiting = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PictureTakes = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClipTakes = TimeSpan.FromSeconds(4);

    public string Name => ProviderNames.Sandbox;

    public bool CanReconcile(ProviderTask task) => true;

    public Task<SubmitOutcome> SubmitAsync(ProviderOrder order, CancellationToken cancellation) =>
        Task.FromResult<SubmitOutcome>(new SubmitOutcome.Accepted(TaskPrefix + order.JobId));

    public Task<QueryOutcome> QueryAsync(ProviderTask task, CancellationToken cancellation)
    {
        var takes = task.Kind == MediaKind.Image ? PictureTakes : ClipTakes;
        var passed = time.GetUtcNow() - task.SubmittedAt;

        return Task.FromResult<QueryOutcome>(
            SandboxErrors.Asked(task.Order) is { } failure && passed >= Waiting ? new QueryOutcome.Failed(failure)
            : passed < Waiting ? new QueryOutcome.Running(5)
            : passed < takes ? new QueryOutcome.Running(50)
            : new QueryOutcome.Succeeded([new OutputSource(OutputPlace.Vendor, task.JobId)])
        );
    }

    public Task CancelAsync(ProviderTask task, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Its tasks are named after their jobs.</summary>
    public Task<string?> FindTaskAsync(ProviderTask task, CancellationToken cancellation) =>
        Task.FromResult<string?>(string.Create(CultureInfo.InvariantCulture, $"{TaskPrefix}{task.JobId}"));

    public async Task<FetchOutcome> FetchAsync(ProviderTask task, OutputSource source, string path, CancellationToken cancellation) =>
        await rendering.RenderAsync(task.Kind, task.Order, path, cancellation) ? FetchOutcome.Done : FetchOutcome.TryLater;
}
