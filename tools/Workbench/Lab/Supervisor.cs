// Keeps the lab's processes running until it is told to stop; leaves none behind.
using System.Globalization;

namespace Skywire.Workbench.Lab;

/// <summary>Runs on one thread for its whole life: the children are tied to that thread (see <see cref="ChildProcess"/>).</summary>
internal sealed class Supervisor(LabPlan plan)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private readonly Lock _lock = new();
    private bool _stop;
    private readonly List<ChildProcess> _children = [];

    private static string PidFile => Path.Combine(LabPlan.Folder, "supervisor.pid");

    /// <summary>Where process IDs and restarts are published for the other commands.</summary>
    public static string StateFile => Path.Combine(LabPlan.Folder, "processes");

    /// <summary>Process ID of the running supervisor; null when none runs.</summary>
    public static int? RunningPid()
    {
        if (!File.Exists(PidFile) || !int.TryParse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains("skyminer", StringComparison.Ordinal) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Process IDs by name, as last published.</summary>
    public static Dictionary<string, (int Pid, int Restarts)> Processes()
    {
        var result = new Dictionary<string, (int, int)>();
        foreach (var line in File.Exists(StateFile) ? File.ReadAllLines(StateFile) : [])
        {
            var parts = line.Split(' ');
            if (parts.Length == 3 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var pid) && int.TryParse(parts[2], CultureInfo.InvariantCulture, out var restarts))
            {
                result[parts[0]] = (pid, restarts);
            }
        }

        return result;
    }

    /// <summary>Asks <see cref="Run"/> to end; from any thread.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stop = true;
        }
    }

    /// <summary>Starts everything and blocks until <see cref="Stop"/>; then ends every child, boards before services.</summary>
    public void Run()
    {
        Directory.CreateDirectory(LabPlan.Folder);
        File.WriteAllText(PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        List<Forwarder> forwarders = [];
        try
        {
            if (plan.Namespaces)
            {
                forwarders.Add(new Forwarder(plan.ProxyPort, plan.Boards[0].Namespace));
                forwarders.AddRange(plan.Boards.Select(b => new Forwarder(b.PagePort, b.Namespace)));
                foreach (var forwarder in forwarders)
                {
                    _ = forwarder.RunAsync();
                }
            }

            _children.Add(new ChildProcess(new ChildSpec("services", null, plan.Program, LabConfig.ServicesArguments(plan), Path.Combine(LabPlan.ServicesFolder, "services.log"))));
            _children.AddRange(plan.Boards.Select(b => new ChildProcess(new ChildSpec(b.Name, b.Namespace, plan.Program, ["visor", "run", "--config", b.Config], b.Log))));
            foreach (var child in _children)
            {
                child.Start();
            }

            do
            {
                foreach (var child in _children)
                {
                    child.Poll();
                }

                Publish();
            }
            while (!Pause());
        }
        finally
        {
            foreach (var child in Enumerable.Reverse(_children))
            {
                child.Terminate();
            }

            foreach (var child in Enumerable.Reverse(_children))
            {
                child.WaitForEnd(StopLimit);
            }

            forwarders.ForEach(f => f.Dispose());
            File.Delete(PidFile);
            File.Delete(StateFile);
        }
    }

    // True when it is time to stop.
    private bool Pause()
    {
        Thread.Sleep(Interval);
        lock (_lock)
        {
            return _stop;
        }
    }

    private void Publish()
    {
        var text = string.Join('\n', _children.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Pid ?? 0} {c.Restarts}")));
        if (!File.Exists(StateFile) || File.ReadAllText(StateFile) != text)
        {
            File.WriteAllText(StateFile + ".new", text);
            File.Move(StateFile + ".new", StateFile, overwrite: true);
        }
    }
}
