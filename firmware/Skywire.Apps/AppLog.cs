// The recent lines of one app, for the page and the command line.
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Skywire.Apps;

/// <summary>One line an app logged.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How grave.</param>
/// <param name="Text">What; cut at <see cref="AppLog.MaxLine"/> characters.</param>
public readonly record struct AppLogLine(DateTimeOffset Time, LogLevel Level, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:yyyy-MM-ddTHH:mm:ss.fffZ} {Level}: {Text}");
}

/// <summary>A ring of the last lines, written through the <see cref="ILogger"/> it is and passed on to another. Thread-safe.</summary>
public sealed class AppLog : ILogger
{
    /// <summary>Lines kept: some screens, and below 1 MB whatever the lines hold.</summary>
    public const int MaxLines = 500;

    /// <summary>Characters kept of a line.</summary>
    public const int MaxLine = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<AppLogLine> _lines = new();
    private readonly ILogger _next;
    private readonly TimeProvider _time;

    /// <summary>A ring in front of <paramref name="next"/>.</summary>
    public AppLog(ILogger next, TimeProvider time)
    {
        _next = next;
        _time = time;
    }

    /// <summary>Lines logged after <paramref name="time"/>, oldest first.</summary>
    public IReadOnlyList<AppLogLine> Since(DateTimeOffset time)
    {
        lock (_lock)
        {
            return [.. _lines.Where(line => line.Time > time)];
        }
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _next.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information || _next.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var text = formatter(state, exception);
        var line = new AppLogLine(_time.GetUtcNow(), logLevel, text.Length > MaxLine ? text[..MaxLine] : text);
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }
        }

        if (_next.IsEnabled(logLevel))
        {
            _next.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
