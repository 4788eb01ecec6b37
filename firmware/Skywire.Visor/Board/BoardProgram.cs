// `skywire board run`: the real clock, signals and service manager around the board service.
using Microsoft.Extensions.Logging;
using Skywire.Boards.Buttons;
using Skywire.Boards.Leds;
using Skywire.Boards.Running;
using Skywire.Boards.Screen;
using Skywire.Visor.Hosting;

namespace Skywire.Visor.Board;

internal static class BoardProgram
{
    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    public static async Task RunAsync(BoardMachine machine, string socket, string ownFolder, bool hasScreen, TextWriter error)
    {
        var time = TimeProvider.System;
        using var console = new ConsoleLog(error, ConsoleLog.IsUnderJournal, time);
        using var loggers = ConsoleLog.Factory("information", console);
        var log = loggers.CreateLogger<BoardRunner>();
        using var notify = SystemdNotify.FromEnvironment();
        using var stop = new StopSignal(log);
        using var button = machine.Board.Button is { } described ? new ButtonReader(described) : null;
        Directory.CreateDirectory(ownFolder);
        Log.BoardFound(log, machine.Board.Name, machine.Model, machine.Board.Leds.Count, button is null ? "none" : button.Fault.Length > 0 ? button.Fault : "read");
        var screen = hasScreen ? new IssueFile(Path.Combine(ownFolder, "issue")) : null;
        var parts = machine.Parts(button, screen, new VisorStatusSource(socket, time), ownFolder);
        BoardState? shown = null;
        var runner = new BoardRunner(parts, time, (state, reason) =>
        {
            if (shown is null)
            {
                notify.Ready(reason);
            }

            if (shown != state)
            {
                shown = state;
                // Traffic comes and goes; the journal keeps what an operator would act on.
                if (state != BoardState.Traffic)
                {
                    Log.BoardState(log, state.Word(), reason);
                }

                notify.Status($"{state.Word()}: {reason}");
            }

            notify.Watchdog();
        });
        await runner.RunAsync(stop.Token);
        notify.Stopping("leaving the LEDs to the next");
    }
}
