// Starts and stops emulators by their own process IDs.
using System.Diagnostics;
using System.Globalization;
using Skywire.Workbench.Lab;

namespace Skywire.Workbench.Emulation;

/// <summary>The emulator of one board.</summary>
internal static class QemuProcess
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    /// <summary>Process ID of a running emulator of this board; null when there is none. An ID that another program has got since does not count.</summary>
    public static int? Pid(EmulatedBoard board)
    {
        if (!File.Exists(board.PidFile) || !int.TryParse(File.ReadAllText(board.PidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains(board.PidFile, StringComparison.Ordinal) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// Starts the emulator. With <paramref name="stays"/> it goes on after this program; otherwise the kernel ends it with this program, however that ends.
    /// </summary>
    public static Task StartAsync(EmulatedBoard board, FleetPlan fleet, bool stays, CancellationToken cancellationToken) => StartAsync(board, fleet, stays, [], cancellationToken);

    /// <summary>Starts it with more arguments than those of the board.</summary>
    public static async Task StartAsync(EmulatedBoard board, FleetPlan fleet, bool stays, IReadOnlyList<string> more, CancellationToken cancellationToken)
    {
        if (Pid(board) is not null)
        {
            throw new WorkbenchException($"board {board.Name} runs already", "stop it: tools/skyminer boot stop");
        }

        Directory.CreateDirectory(board.Folder);
        Directory.CreateDirectory(board.SocketFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var left in new[] { board.PidFile, board.Control, board.ConsoleSocket })
        {
            File.Delete(left);
        }

        await BoardTree.MakeAsync(board, fleet.DeviceTrees, cancellationToken);
        IReadOnlyList<string> outer = stays ? ["setsid", "--fork"] : Spawner.EndsWithUs;
        var start = new ProcessStartInfo(outer[0]) { UseShellExecute = false };
        // The shell only redirects, then becomes the emulator.
        foreach (var argument in (string[])[.. outer.Skip(1), "sh", "-c", "exec \"$0\" \"$@\" >>\"$SKYMINER_LOG\" 2>&1 </dev/null", QemuMachine.Program, .. QemuArguments.For(board, fleet.Loader), .. more])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SKYMINER_LOG"] = board.QemuLog;
        await File.WriteAllTextAsync(board.QemuLog, "", cancellationToken);
        using var process = await Spawner.StartAsync(start);
        var watch = Stopwatch.StartNew();
        while (Pid(board) is null)
        {
            if (watch.Elapsed > StopLimit || (!stays && process.HasExited))
            {
                throw new WorkbenchException($"the emulator of board {board.Name} did not start: {(await File.ReadAllTextAsync(board.QemuLog, cancellationToken)).Trim()}", "is one of its ports taken? tools/skyminer boot qemu-virt --help shows how to choose others");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>Pulls the plug. Returns when the emulator is gone; at once when there was none.</summary>
    public static async Task StopAsync(EmulatedBoard board, CancellationToken cancellationToken)
    {
        if (Pid(board) is not { } pid)
        {
            return;
        }

        await QemuControl.PullPlugAsync(board, cancellationToken);
        if (!await WaitForEndAsync(board, StopLimit, cancellationToken))
        {
            Signals.Send(pid, Signals.Kill);
            await WaitForEndAsync(board, StopLimit, cancellationToken);
        }
    }

    /// <summary>Ends the emulator as the kernel can: no notice, nothing written that it had not written yet.</summary>
    public static async Task KillAsync(EmulatedBoard board, CancellationToken cancellationToken)
    {
        if (Pid(board) is { } pid)
        {
            Signals.Send(pid, Signals.Kill);
            await WaitForEndAsync(board, StopLimit, cancellationToken);
        }
    }

    /// <summary>Waits until the emulator has ended by itself; false when it has not in time.</summary>
    public static async Task<bool> WaitForEndAsync(EmulatedBoard board, TimeSpan limit, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (Pid(board) is not null)
        {
            if (watch.Elapsed > limit)
            {
                return false;
            }

            await Task.Delay(50, cancellationToken);
        }

        return true;
    }
}
