// What a running app has from its host.
using Microsoft.Extensions.Logging;

namespace Skywire.Apps;

/// <summary>Logger, counters and status of one app. Thread-safe.</summary>
public sealed class AppScope
{
    private readonly Action<AppScope>? _onChange;
    private string _detail = AppDetail.Stopped;

    /// <summary>A scope of its own, for an app that runs without a host.</summary>
    public AppScope(string name, ILogger logger)
        : this(name, logger, null)
    {
    }

    internal AppScope(string name, ILogger logger, Action<AppScope>? onChange)
    {
        Name = name;
        Logger = logger;
        _onChange = onChange;
    }

    /// <summary>The app's name.</summary>
    public string Name { get; }

    /// <summary>Where the app logs; the host keeps the last lines.</summary>
    public ILogger Logger { get; }

    /// <summary>What the app counts.</summary>
    public AppCounters Counters { get; } = new();

    /// <summary>The last text reported, one of <see cref="AppDetail"/>.</summary>
    public string Detail => Volatile.Read(ref _detail);

    /// <summary>Tells how the app is; by the texts of <see cref="AppDetail"/>.</summary>
    public void Report(string detail)
    {
        Volatile.Write(ref _detail, detail);
        _onChange?.Invoke(this);
    }
}
