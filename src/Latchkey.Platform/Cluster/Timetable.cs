namespace Latchkey.Platform.Cluster;

/// <summary>All recurring work: the modules' and the platform's own.</summary>
internal sealed record Timetable(IReadOnlyList<ScheduledWork> Works);
