// Log lines on standard error: with <3> level prefixes for the journal under systemd, with time and colour-free level words otherwise.
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Skywire.Visor.Hosting;

/// <summary>Writes one line per message; line feeds inside become spaces, so that a peer's text cannot forge a line.</summary>
internal sealed class ConsoleLog(TextWriter output, bool forJournal, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <summary>True when systemd reads this process' standard error.</summary>
    public static bool IsUnderJournal => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null;

    /// <summary>Loggers of a program: the console, and others beside it.</summary>
    public static ILoggerFactory Factory(string level, params ILoggerProvider[] providers) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(Enum.Parse<LogLevel>(level, ignoreCase: true));

        // Kestrel's own lines say nothing that an operator could act on.
        builder.AddFilter("Microsoft", LogLevel.Warning);
        foreach (var provider in providers)
        {
            builder.AddProvider(provider);
        }
    });

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Entry(this, LogRing.ShortName(categoryName));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string component, string message)
    {
        message = message.ReplaceLineEndings(" ");
        var line = forJournal
            ? $"<{Priority(level)}>{component}: {message}"
            : string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():HH:mm:ss.fff} {Word(level)} {component}: {message}");
        lock (_lock)
        {
            output.WriteLine(line);
        }
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRIT",
        LogLevel.Error => "ERR ",
        LogLevel.Warning => "WARN",
        LogLevel.Information => "INFO",
        LogLevel.Debug => "DBG ",
        _ => "TRC ",
    };

    private sealed class Entry(ConsoleLog console, string component) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            console.Write(logLevel, component, exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}");
        }
    }
}
