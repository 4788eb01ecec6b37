// Looks into a running board by ssh. One connection is opened and shared: a handshake costs an emulated board a second, and its packet filter counts them.
using System.Diagnostics;
using System.Globalization;

namespace Skywire.Workbench.Emulation;

/// <summary>An open connection to a board. Dispose closes it.</summary>
internal sealed class BoardShell : IAsyncDisposable
{
    // The board lets ten connections a minute in.
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(4);
    private readonly EmulatedBoard _board;
    private readonly string[] _options;
    private Process? _master;

    private BoardShell(EmulatedBoard board, FleetPlan fleet)
    {
        _board = board;
        _options =
        [
            "-i", fleet.SshKey, "-p", board.SshPort.ToString(CultureInfo.InvariantCulture), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
            "-o", $"UserKnownHostsFile={Path.Combine(board.Folder, "known_hosts")}", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=5",
            "-o", "ServerAliveCountMax=6", "-S", board.SshSocket,
        ];
    }

    /// <summary>Makes the fleet's key if there is none, and returns its public half as skyminer.conf takes it.</summary>
    public static async Task<string> EnsureKeyAsync(FleetPlan fleet, CancellationToken cancellationToken)
    {
        if (!File.Exists(fleet.SshKey))
        {
            Directory.CreateDirectory(fleet.Folder);
            await Shell.RequireAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "skyminer-check", "-f", fleet.SshKey], cancellationToken);
        }

        return (await File.ReadAllTextAsync(fleet.SshKey + ".pub", cancellationToken)).Trim();
    }

    /// <summary>Opens the connection, trying again until <paramref name="limit"/>.</summary>
    public static async Task<BoardShell> OpenAsync(EmulatedBoard board, FleetPlan fleet, TimeSpan limit, CancellationToken cancellationToken)
    {
        var shell = new BoardShell(board, fleet);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await shell.TryOpenAsync(cancellationToken))
            {
                return shell;
            }

            if (watch.Elapsed > limit || QemuProcess.Pid(board) is null)
            {
                await shell.DisposeAsync();
                var why = (await Shell.RunAsync("ssh", [.. shell._options, "root@127.0.0.1", "true"], cancellationToken)).Output.Trim();
                throw new WorkbenchException($"board {board.Name} does not take the ssh key of skyminer.conf within {limit.TotalSeconds:0} s: {why}", $"its console: {board.Console}");
            }

            await Task.Delay(BetweenTries, cancellationToken);
        }
    }

    /// <summary>Runs a bash script as root in the board; both streams are in the output.</summary>
    public Task<ShellResult> RunAsync(string script, CancellationToken cancellationToken) => Shell.RunAsync("ssh", [.. _options, "-o", "ControlMaster=no", "root@127.0.0.1", script], cancellationToken);

    /// <summary>Runs a script and throws when it fails.</summary>
    public async Task<string> RequireAsync(string script, CancellationToken cancellationToken)
    {
        var result = await RunAsync(script, cancellationToken);
        return result.Ok ? result.Output : throw new WorkbenchException($"board {_board.Name}: \"{Short(script)}\" failed with {result.ExitCode}: {result.Output.Trim()}", $"its console: {_board.Console}");
    }

    /// <summary>Writes a file of this machine into the board, as root's.</summary>
    public async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        // The shell only opens the file.
        var result = await Shell.RunAsync("sh", ["-c", "exec ssh \"$@\" <\"$0\"", from, .. _options, "-o", "ControlMaster=no", "root@127.0.0.1", $"cat >'{to}'"], cancellationToken);
        if (!result.Ok)
        {
            throw new WorkbenchException($"board {_board.Name}: {from} was not copied: {result.Output.Trim()}", $"its console: {_board.Console}");
        }
    }

    /// <summary>Lets a port of this machine's loopback lead to a port inside the board; closed with the connection.</summary>
    public async Task ForwardAsync(int here, int inside, CancellationToken cancellationToken)
    {
        string[] forward = ["-O", "forward", "-L", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{here}:127.0.0.1:{inside}")];
        var result = await Shell.RunAsync("ssh", [.. _options, .. forward, "root@127.0.0.1"], cancellationToken);
        if (!result.Ok)
        {
            throw new WorkbenchException($"port {here} cannot be forwarded: {result.Output.Trim()}", $"is it taken? ss -ltnp | grep {here}");
        }
    }

    /// <summary>Lets a unix socket of this machine lead to one inside the board; closed with the connection.</summary>
    public async Task ForwardSocketAsync(string here, string inside, CancellationToken cancellationToken)
    {
        File.Delete(here);
        var result = await Shell.RunAsync("ssh", [.. _options, "-O", "forward", "-L", $"{here}:{inside}", "root@127.0.0.1"], cancellationToken);
        if (!result.Ok)
        {
            throw new WorkbenchException($"{inside} of board {_board.Name} cannot be forwarded: {result.Output.Trim()}", $"its console: {_board.Console}");
        }
    }

    /// <summary>Closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_master is { } master)
        {
            _master = null;
            if (!master.HasExited)
            {
                master.Kill();
            }

            await master.WaitForExitAsync();
            master.Dispose();
        }

        File.Delete(_board.SshSocket);
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync();
        var start = new ProcessStartInfo(Spawner.EndsWithUs[0]) { UseShellExecute = false };
        foreach (var argument in (string[])[.. Spawner.EndsWithUs.Skip(1), "sh", "-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", "ssh", .. _options, "-M", "-N", "root@127.0.0.1"])
        {
            start.ArgumentList.Add(argument);
        }

        _master = await Spawner.StartAsync(start);
        while (!_master.HasExited)
        {
            if (File.Exists(_board.SshSocket))
            {
                return true;
            }

            await Task.Delay(50, cancellationToken);
        }

        return false;
    }

    private static string Short(string script) => script.Length <= 60 ? script : script[..60] + "...";
}
