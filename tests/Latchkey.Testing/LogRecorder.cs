using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Latchkey.Testing;

public sealed record LoggedLine(LogLevel Level, string Category, string Text, Exception? Failure)
{
    public override string ToString() => $"{Level} {Category}: {Text}{(Failure is null ? "" : Environment.NewLine + Failure)}";
}

/// <summary>Keeps what is logged, so that a test can say that nothing bad was.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LoggedLine> _lines = new();

    public IReadOnlyList<LoggedLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Recorder(categoryName, _lines);

    /// <param name="except">What the categories begin with that do not count.</param>
    public void AssertNoWarnings(string? except = null) =>
        Lines
            .Where(line =>
                line.Level >= LogLevel.Warning && (except is null || !line.Category.StartsWith(except, StringComparison.Ordinal))
            )
            .Select(line => line.ToString())
            .ShouldBeEmpty("warnings were logged");

    public void Dispose() { }

    private sealed class Recorder(string category, ConcurrentQueue<LoggedLine> _lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => _lines.Enqueue(new LoggedLine(logLevel, category, formatter(state, exception), exception));
    }
}
