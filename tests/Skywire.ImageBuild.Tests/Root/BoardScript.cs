// Runs a shell script of the image on this machine, with stand-ins for the programs of a board in front of the PATH.
using System.Diagnostics;

namespace Skywire.ImageBuild.Tests.Root;

/// <summary>A board's folders and tools in a scratch folder. Every call of a stand-in is a line in <see cref="Calls"/>.</summary>
internal sealed class BoardScript : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    /// <summary>A board that was started from <paramref name="slot"/>, <paramref name="uptime"/> seconds ago.</summary>
    public BoardScript(string slot, int uptime = 20)
    {
        foreach (var folder in new[] { "proc", "update", "bin" })
        {
            Directory.CreateDirectory(_scratch.At(folder));
        }

        File.WriteAllText(_scratch.At("proc/cmdline"), $"root=PARTUUID=5ca1ab1e-02 ro panic=5 rauc.slot={slot} loglevel=4\n");
        File.WriteAllText(_scratch.At("proc/uptime"), $"{uptime}.34 12.00\n");
        File.WriteAllText(_scratch.At("calls"), "");
    }

    public string[] Calls => File.ReadAllLines(_scratch.At("calls"));

    /// <summary>What a script left for the old slot to tell; null when nothing.</summary>
    public string? Reason => File.Exists(At("trial-reason")) ? File.ReadAllText(At("trial-reason")) : null;

    /// <summary>A path of the update folder.</summary>
    public string At(string name) => _scratch.At("update/" + name);

    /// <summary>The record of a trial, as the update client writes it.</summary>
    public BoardScript WithTrial(string slot, int? deadline = 300)
    {
        File.WriteAllText(At("trial.json"), $$"""{"schema":1,"from_slot":"{{(slot == "A" ? "B" : "A")}}","slot":"{{slot}}","version":"0.1.0-9.g0123456789"{{(deadline is { } d ? $",\"deadline_seconds\":{d}" : "")}}}""");
        return this;
    }

    /// <summary>A stand-in: notes its call, then runs <paramref name="body"/>.</summary>
    public BoardScript WithTool(string name, string body)
    {
        var file = _scratch.At("bin/" + name);
        File.WriteAllText(file, $"#!/bin/sh\necho \"{name} $*\" >>'{_scratch.At("calls")}'\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return this;
    }

    /// <summary>Runs <c>/usr/lib/skyminer/NAME</c>; returns its exit code and what it printed.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Checkout.Tree.Input("rootfs", "usr/lib/skyminer", name));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] = _scratch.At("bin") + ":/usr/bin:/bin";
        start.Environment["SKYMINER_UPDATE"] = _scratch.At("update");
        start.Environment["SKYMINER_PROC"] = _scratch.At("proc");
        start.Environment["MONITOR_SERVICE_RESULT"] = "exit-code";
        start.Environment["MONITOR_EXIT_CODE"] = "exited";
        start.Environment["MONITOR_EXIT_STATUS"] = "127";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + errors);
    }

    public void Dispose() => _scratch.Dispose();
}
