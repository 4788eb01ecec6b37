// One process of the lab, ended with its supervisor however that ends.
using System.Diagnostics;

namespace Skywire.Workbench.Lab;

/// <summary>A program to run in the lab.</summary>
internal sealed record ChildSpec(string Name, string? Namespace, string Program, IReadOnlyList<string> Arguments, string LogFile);

/// <summary>
/// Runs one child and starts it again when it ends by itself, after a growing pause. Start it from a thread that lives as long as the supervisor: the
/// kernel ends the child when the thread that made it is gone.
/// </summary>
internal sealed class ChildProcess(ChildSpec spec)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private Process? _process;
    private DateTime _startedAt;
    private DateTime _startAgainAt;
    private TimeSpan _pause = FirstPause;

    /// <summary>Name in the table of processes.</summary>
    public string Name => spec.Name;

    /// <summary>Times it was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>Process ID; null while it is not running. The wrappers exec, so this is the program itself.</summary>
    public int? Pid => _process is { HasExited: false } p ? p.Id : null;

    /// <summary>Starts the program.</summary>
    public void Start()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(spec.LogFile)!);
        var start = new ProcessStartInfo("setpriv") { UseShellExecute = false };
        List<string> arguments = ["--pdeathsig", "KILL"];
        if (spec.Namespace is { } ns)
        {
            arguments.AddRange(["ip", "netns", "exec", ns]);
        }

        // The shell only redirects: the program's own output goes to its file without passing through us.
        arguments.AddRange(["sh", "-c", "exec \"$0\" \"$@\" >>\"$SKYMINER_LOG\" 2>&1 </dev/null", spec.Program, .. spec.Arguments]);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKYMINER_LOG"] = spec.LogFile;
        _process = Process.Start(start) ?? throw new WorkbenchException($"{spec.Name} did not start", $"see {spec.LogFile}");
        _startedAt = DateTime.UtcNow;
    }

    /// <summary>Called often: starts the child again when it has ended and its pause is over.</summary>
    public void Poll()
    {
        if (Pid is not null)
        {
            if (DateTime.UtcNow - _startedAt > LongestPause)
            {
                _pause = FirstPause;
            }

            return;
        }

        if (_startAgainAt == default)
        {
            _startAgainAt = DateTime.UtcNow + _pause;
            _pause = _pause * 2 > LongestPause ? LongestPause : _pause * 2;
        }
        else if (DateTime.UtcNow >= _startAgainAt)
        {
            _startAgainAt = default;
            Restarts++;
            Start();
        }
    }

    /// <summary>Asks the child to stop.</summary>
    public void Terminate()
    {
        if (Pid is { } pid)
        {
            _ = Signals.Send(pid, Signals.Terminate);
        }
    }

    /// <summary>Waits for the end, then insists.</summary>
    public void WaitForEnd(TimeSpan limit)
    {
        if (_process is { } process && !process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }
}
