// What is done with emulated boards: cards made, power on, looked into, power off.
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Skywire.Workbench.Emulation;

/// <summary>The boards of a plan. Dispose pulls all plugs.</summary>
internal sealed class EmulatedFleet(FleetPlan plan) : IAsyncDisposable
{
    // An emulated board under load shares two processors with others; on an idle machine it needs a fifth of this.
    private static readonly TimeSpan LoginLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShellLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OffLimit = TimeSpan.FromSeconds(90);

    /// <summary>The plan.</summary>
    public FleetPlan Plan => plan;

    /// <summary>Makes a new card for a board; null keeps the image's own skyminer.conf.</summary>
    public static async Task MakeCardAsync(EmulatedBoard board, string image, string? settings, CancellationToken cancellationToken)
    {
        var card = new Card(board.Card);
        await card.MakeAsync(image, cancellationToken);
        File.Delete(board.Console);
        File.Delete(Path.Combine(board.Folder, "known_hosts"));
        if (settings is not null)
        {
            await card.WriteAsync(BoardSettings.Name, settings, cancellationToken);
        }
    }

    /// <summary>Says which of the wanted ports is taken, before anything is started.</summary>
    public static void RequirePorts(FleetPlan plan)
    {
        foreach (var port in plan.Boards.Where(b => b.Machine == QemuMachine.Virt).SelectMany(b => new[] { b.SshPort, b.PagePort }))
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                throw new WorkbenchException(string.Create(CultureInfo.InvariantCulture, $"port {port} on 127.0.0.1 is taken"), string.Create(CultureInfo.InvariantCulture, $"ss -ltnp | grep {port} shows by whom; or choose others with --ssh-port and --page-port"));
            }
        }
    }

    /// <summary>Switches a board on; the returned watch counts from then.</summary>
    public async Task<ConsoleWatch> PowerOnAsync(EmulatedBoard board, CancellationToken cancellationToken)
    {
        var watch = new ConsoleWatch(board);
        await QemuProcess.StartAsync(board, plan, stays: false, cancellationToken);
        return watch;
    }

    /// <summary>Waits for the login prompt, then opens a connection.</summary>
    public async Task<BoardShell> LookIntoAsync(EmulatedBoard board, ConsoleWatch watch, CancellationToken cancellationToken)
    {
        await watch.WaitAsync(BootStep.Login, LoginLimit, cancellationToken);
        return await BoardShell.OpenAsync(board, plan, ShellLimit, cancellationToken);
    }

    /// <summary>Shuts a board down in order, as <c>systemctl poweroff</c> does; false when it did not switch itself off and its plug was pulled.</summary>
    public static async Task<bool> ShutDownAsync(EmulatedBoard board, BoardShell shell, CancellationToken cancellationToken)
    {
        await shell.RunAsync("systemctl --no-block poweroff", cancellationToken);
        await shell.DisposeAsync();
        var ended = await QemuProcess.WaitForEndAsync(board, OffLimit, cancellationToken);
        await QemuProcess.StopAsync(board, cancellationToken);
        return ended;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var board in plan.Boards)
        {
            await QemuProcess.StopAsync(board, CancellationToken.None);
        }
    }
}
