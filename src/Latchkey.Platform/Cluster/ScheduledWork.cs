namespace Latchkey.Platform.Cluster;

/// <summary>A line of the timetable: work that the sweep does again and again, once in the cluster.</summary>
/// <param name="Name">Shown in logs and metrics.</param>
/// <param name="Every">At least this long between two runs.</param>
/// <param name="Run">The work; it must be safe to run twice and stop when cancelled.</param>
public sealed record ScheduledWork(string Name, TimeSpan Every, Func<IServiceProvider, CancellationToken, Task> Run);
