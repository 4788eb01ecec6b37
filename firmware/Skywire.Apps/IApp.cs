// What an app is to the host: a name, a way to make it, and one call that lasts as long as it runs.
namespace Skywire.Apps;

/// <summary>An app that runs inside the visor's process.</summary>
public interface IApp
{
    /// <summary>
    /// Runs until <paramref name="cancellationToken"/> fires, then cleans up and returns or throws <see cref="OperationCanceledException"/>. Returning earlier, or any
    /// exception, is a failure: the host shows its message and starts the app again after a wait.
    /// </summary>
    Task RunAsync(AppScope scope, CancellationToken cancellationToken);
}

/// <summary>An app the host knows.</summary>
public sealed record AppDefinition
{
    /// <summary>Unique name, as in the configuration ("skysocks-client").</summary>
    public required string Name { get; init; }

    /// <summary>Makes one run of the app; called again for every restart.</summary>
    public required Func<AppScope, IApp> Create { get; init; }

    /// <summary>Port inside the skywire network; 0 when the app listens on none.</summary>
    public ushort Port { get; init; }

    /// <summary>Started by <see cref="AppHost.StartAll"/>.</summary>
    public bool AutoStart { get; init; }

    /// <summary>Started again after a failure.</summary>
    public bool RestartOnFailure { get; init; } = true;
}

/// <summary>Status numbers of the visor's interfaces (spec 14 §2).</summary>
public enum AppStatus
{
    /// <summary>Not running.</summary>
    Stopped = 0,

    /// <summary>Running; the detail says how well.</summary>
    Running = 1,

    /// <summary>Failed; it may be started again by itself.</summary>
    Errored = 2,

    /// <summary>Started, and has not reported yet.</summary>
    Starting = 3,
}

/// <summary>Detailed status texts; user interfaces match on them (spec 14 §2).</summary>
public static class AppDetail
{
    /// <summary>Started, and has not reported yet.</summary>
    public const string Starting = "Starting";

    /// <summary>Does its work; for a client: its server answered.</summary>
    public const string Running = "Running";

    /// <summary>First try to reach the server.</summary>
    public const string Connecting = "Connecting";

    /// <summary>Lost the server or did not reach it.</summary>
    public const string Reconnecting = "Connection failed, reconnecting";

    /// <summary>Told to stop.</summary>
    public const string ShuttingDown = "Shutting down";

    /// <summary>Not running.</summary>
    public const string Stopped = "Stopped";
}

/// <summary>What there is to know of an app at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Status number.</param>
/// <param name="Detail">Detailed status text.</param>
/// <param name="Error">Why the last run failed; empty while none has since the last start by hand.</param>
/// <param name="Port">Port inside the skywire network; 0 for none.</param>
/// <param name="AutoStart">Started with the visor.</param>
/// <param name="StartedAt">When the present run began; null when it is not running.</param>
/// <param name="Restarts">Restarts after failures since the last start by hand.</param>
/// <param name="Counters">What it counted since it was registered.</param>
public sealed record AppState(string Name, AppStatus Status, string Detail, string Error, ushort Port, bool AutoStart, DateTimeOffset? StartedAt, int Restarts, AppTraffic Counters);
