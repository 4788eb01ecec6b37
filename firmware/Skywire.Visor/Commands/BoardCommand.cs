// skywire board status|run|show|leds|settings|clock
using System.CommandLine;
using Skywire.Boards.Running;
using Skywire.Boards.Screen;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Visor.Board;
using Skywire.Visor.Wifi;

namespace Skywire.Visor.Commands;

internal static class BoardCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group(
        "board",
        "The board itself: LEDs, button, console page, settings on the card, clock.",
        Status(context),
        Run(context),
        Show(context),
        BoardLedsCommand.Create(context),
        BoardSettingsCommand.Create(context),
        BoardClockCommand.Create(context));

    private static Command Run(CommandContext context)
    {
        var options = new BoardOptions();
        return context.Command(
            "run",
            "Keep LEDs, button and console page in step with the visor, until SIGTERM or Ctrl-C.",
            ["skywire board run", "skywire board run --board orangepi-prime --leds-folder /tmp/leds --no-screen"],
            options.AllForRun,
            async (result, _) =>
            {
                await BoardProgram.RunAsync(options.Machine(result), options.Socket(result), options.OwnFolder(result), options.HasScreen(result), context.Output.Error);
                return ExitCode.Ok;
            });
    }

    private static Command Status(CommandContext context)
    {
        var options = new BoardOptions();
        return context.Command(
            "status",
            "Show which board this is, what it shows and what is wrong with it.",
            ["skywire board status", "skywire board status --json"],
            [.. options.All, context.Json],
            (result, _) =>
            {
                var view = BoardView.Read(options.Machine(result), options.OwnFolder(result), WifiFolder.Default, TimeProvider.System);
                if (result.GetValue(context.Json))
                {
                    context.Output.Json(view, BoardViewJson.Default.BoardView);
                }
                else
                {
                    Print(context.Output, view);
                }

                return Task.FromResult(ExitCode.Ok);
            });
    }

    private static Command Show(CommandContext context)
    {
        var options = new BoardOptions();
        var plain = new Option<bool>("--plain") { Description = "Without colours, for a dark terminal or a file." };
        return context.Command(
            "show",
            "Print the console page: name, addresses, key, state, QR code of the local page.",
            ["skywire board show", "skywire board show --plain"],
            [.. options.AllForRun, plain],
            async (result, cancellationToken) =>
            {
                var machine = options.Machine(result);
                var (mesh, fault) = await new VisorStatusSource(options.Socket(result), TimeProvider.System).AskAsync(cancellationToken);
                var settings = SettingsApplier.LastOutcome(machine.Places);
                var air = new AirSource(WifiFolder.Default, TimeProvider.System).Read();
                var judged = new BoardStatePolicy(TimeProvider.System).Judge(new BoardFacts { Mesh = mesh, MeshFault = fault, Mistakes = settings?.Mistakes.Count ?? 0, Air = air, HasWire = machine.HasWire() });
                var facts = ConsoleFactsOf.Make(machine.Parts(null, null, new VisorStatusSource(options.Socket(result), TimeProvider.System), options.OwnFolder(result)), settings, judged, mesh, air);
                foreach (var line in ConsolePage.Lines(facts, !result.GetValue(plain)))
                {
                    context.Output.Out.WriteLine(line);
                }

                return ExitCode.Ok;
            });
    }

    private static void Print(CliOutput output, BoardView view)
    {
        output.Pairs(
        [
            ("Board", $"{view.Board}: {view.Title}"),
            ("State", view.State.Length > 0 ? $"{view.State}: {view.Reason}" : "the board service does not run (\"systemctl status skyminer-board\")"),
            ("Image", view.Image.Length > 0 ? view.Image : "-"),
            ("Clock", view.Clock),
            ("Addresses", view.Addresses.Count > 0 ? string.Join(", ", view.Addresses) : "-"),
            ("Air", view.Air is { } air ? $"{air.State}: {air.Reason}" : "no wifi service runs"),
            ("Button", view.Button is not { } button ? "none" : button.Fault.Length > 0 ? "not read: " + button.Fault : $"{button.ShortPresses} short presses, {button.ForgetOrders} times settings forgotten"),
            ("Settings", view.Mistakes.Count == 0 ? "no mistakes" : $"{view.Mistakes.Count} mistakes, see below"),
        ]);
        if (view.Leds.Count > 0)
        {
            output.Out.WriteLine();
            output.Table(["LED", "COLOUR", "SHALL SHOW", "KERNEL TRIGGER", "FAULT"], view.Leds.Select(l => new[] { l.Name, l.Color, l.Shows, l.Trigger, l.Fault }));
        }

        foreach (var line in view.Faults.Concat(view.Mistakes.Select(SettingsErrors.Line)))
        {
            output.Out.WriteLine();
            output.Out.WriteLine("! " + line);
        }
    }
}
