// What is asked of the service manager.
namespace Skywire.Wifi.Control;

/// <summary>Units of the service manager. Every call throws <see cref="IOException"/> with words for an operator when the manager refuses or does not answer.</summary>
public interface IUnits
{
    /// <summary>Starts a unit and waits until it has begun; a failure of before is forgotten. Nothing happens when it runs.</summary>
    Task StartAsync(string unit, CancellationToken cancellationToken);

    /// <summary>Ends it if it runs, and starts it.</summary>
    Task RestartAsync(string unit, CancellationToken cancellationToken);

    /// <summary>Ends a unit and waits until it has ended. Nothing happens when it does not run.</summary>
    Task StopAsync(string unit, CancellationToken cancellationToken);

    /// <summary>How it is.</summary>
    Task<UnitState> StateAsync(string unit, CancellationToken cancellationToken);
}

/// <summary>How a unit is, in systemd's words.</summary>
/// <param name="Active">active, activating, deactivating, inactive or failed.</param>
/// <param name="Sub">running, dead, exited...</param>
/// <param name="Result">success, exit-code, signal, core-dump, watchdog, resources, timeout, start-limit-hit...; "" when it never ran.</param>
/// <param name="ExitStatus">Exit status of its program, or the signal that ended it.</param>
public sealed record UnitState(string Active, string Sub, string Result, int ExitStatus)
{
    /// <summary>A unit of which nothing is known.</summary>
    public static UnitState None { get; } = new("inactive", "dead", "", 0);

    /// <summary>It runs, begins or ends.</summary>
    public bool IsAlive => Active is "active" or "activating" or "deactivating" or "reloading";

    /// <summary>Why it does not run, in words.</summary>
    public string Why => Result switch
    {
        "exit-code" => $"it ended with exit status {ExitStatus}",
        "signal" or "core-dump" => $"it was ended by signal {ExitStatus}",
        "start-limit-hit" => "it was started too often in too short a time",
        "resources" => "the system had no resources for it",
        "timeout" => "it did not start or end in time",
        "" or "success" => Active == "failed" ? "it failed" : "it does not run",
        _ => $"it failed: {Result}",
    };
}
