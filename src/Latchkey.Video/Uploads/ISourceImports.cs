namespace Latchkey.Video.Uploads;

/// <summary>Fetches the sources of rows that are <see cref="SourceState.Importing"/>.</summary>
internal interface ISourceImports
{
    /// <summary>Wakes whoever fetches; returns at once. A call that gets lost is made up for by the sweep.</summary>
    Task StartAsync(string sourceId);
}
