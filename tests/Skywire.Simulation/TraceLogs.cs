// The parts' own log lines become the run's trace: what happened is told by the product, and two runs are compared by it.
using Microsoft.Extensions.Logging;
using Skywire.Testing;

namespace Skywire.Simulation;

/// <summary>Writes the log lines of one node into the trace.</summary>
internal sealed class TraceLogs(SimulationRun sim, string node, LogLevel least) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => new Logger(sim, $"{node} {categoryName[(categoryName.LastIndexOf('.') + 1)..]}: ", least);

    public void Dispose()
    {
        // Holds nothing.
    }

    private sealed class Logger(SimulationRun sim, string prefix, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                sim.Trace(prefix + formatter(state, exception) + (exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})"));
            }
        }
    }
}
