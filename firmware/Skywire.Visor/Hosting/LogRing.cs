// The last lines of the log, in memory, for `skywire log` and the page: a board's journal may be volatile or out of reach.
using Microsoft.Extensions.Logging;

namespace Skywire.Visor.Hosting;

/// <summary>One line.</summary>
internal sealed record LogLine(long Sequence, DateTimeOffset At, LogLevel Level, string Component, int EventId, string Message);

/// <summary>Keeps the last lines, bounded in number and in length of each. Thread-safe.</summary>
internal sealed class LogRing : ILoggerProvider
{
    // A line longer than this is a dump, not a message; the journal has it whole.
    private const int MaxLineLength = 2000;

    private readonly Lock _lock = new();
    private readonly LogLine[] _lines;
    private readonly TimeProvider _time;
    private long _next;

    /// <summary>Keeps <paramref name="capacity"/> lines.</summary>
    public LogRing(int capacity, TimeProvider time)
    {
        _lines = new LogLine[capacity];
        _time = time;
    }

    /// <summary>The newest lines that fit the filter, oldest first, at most <paramref name="limit"/>; and the sequence to ask for next.</summary>
    public (IReadOnlyList<LogLine> Lines, long Next) Read(long since, LogLevel least, string component, int limit)
    {
        var found = new List<LogLine>();
        lock (_lock)
        {
            for (var sequence = _next - 1; sequence >= Math.Max(since, _next - _lines.Length) && sequence >= 0 && found.Count < limit; sequence--)
            {
                var line = _lines[sequence % _lines.Length];
                if (line.Level >= least && (component.Length == 0 || line.Component.Contains(component, StringComparison.OrdinalIgnoreCase)))
                {
                    found.Add(line);
                }
            }

            found.Reverse();
            return (found, _next);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Entry(this, ShortName(categoryName));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The part of a category that an operator can use: "Skywire.Dmsg.DmsgClient" is "Dmsg.DmsgClient".</summary>
    internal static string ShortName(string category) => category.StartsWith("Skywire.", StringComparison.Ordinal) ? category["Skywire.".Length..] : category;

    private void Add(LogLevel level, string component, int eventId, string message)
    {
        if (message.Length > MaxLineLength)
        {
            message = string.Concat(message.AsSpan(0, MaxLineLength), "...");
        }

        var at = _time.GetUtcNow();
        lock (_lock)
        {
            _lines[_next % _lines.Length] = new LogLine(_next, at, level, component, eventId, message);
            _next++;
        }
    }

    private sealed class Entry(LogRing ring, string component) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            ring.Add(logLevel, component, eventId.Id, exception is null ? message : $"{message}: {exception.Message}");
        }
    }
}
