// skywire board leds: what the LEDs show and mean, and setting them by hand.
using System.CommandLine;
using Skywire.Boards.Buttons;
using Skywire.Boards.Leds;
using Skywire.Visor.Board;
using Skywire.Visor.Wifi;

namespace Skywire.Visor.Commands;

internal static class BoardLedsCommand
{
    public static Command Create(CommandContext context)
    {
        var options = new BoardOptions();
        var chart = new Option<bool>("--chart") { Description = "Print what each LED shows in each state." };
        var markdown = new Option<bool>("--markdown") { Description = "With --chart: as a Markdown table." };
        var state = new Option<string?>("--state") { Description = "Make the LEDs show this state. The board service, where it runs, changes them with the next change.", HelpName = "STATE" };
        state.AcceptOnlyFromAmong([.. BoardStates.All.Select(s => s.Word())]);
        var air = new Option<string>("--air") { Description = "With --state: as if the air were in this state.", HelpName = "STATE", DefaultValueFactory = static _ => "" };
        air.AcceptOnlyFromAmong([.. AirWords.All]);
        return context.Command(
            "leds",
            "Show the LEDs, their meaning, or set them.",
            ["skywire board leds", "skywire board leds --chart", "skywire board leds --chart --board raspberrypi --markdown", "skywire board leds --state failed", "skywire board leds --state no_link --air setup"],
            [.. options.All, chart, markdown, state, air, context.Json],
            async (result, cancellationToken) =>
            {
                var machine = options.Machine(result);
                if (result.GetValue(state) is { } word)
                {
                    return await SetAsync(context, machine, BoardStates.Find(word)!.Value, result.GetValue(air)!, cancellationToken);
                }

                if (result.GetValue(chart))
                {
                    Chart(context, machine, result.GetValue(markdown), result.GetValue(context.Json));
                    return ExitCode.Ok;
                }

                var view = BoardView.Read(machine, options.OwnFolder(result), WifiFolder.Default, TimeProvider.System);
                if (result.GetValue(context.Json))
                {
                    context.Output.Json(view.Leds, BoardViewJson.Default.IReadOnlyListLedView);
                }
                else
                {
                    context.Output.Table(["LED", "COLOUR", "SHALL SHOW", "KERNEL TRIGGER", "FAULT"], view.Leds.Select(l => new[] { l.Name, l.Color, l.Shows, l.Trigger, l.Fault }));
                }

                return ExitCode.Ok;
            });
    }

    private static void Chart(CommandContext context, BoardMachine machine, bool markdown, bool json)
    {
        if (json)
        {
            context.Output.Json(LedChartView.Of(machine.Board), BoardViewJson.Default.IReadOnlyListLedChartView);
        }
        else if (markdown)
        {
            context.Output.Out.Write(LedChart.Markdown(machine.Board));
        }
        else
        {
            context.Output.Table(LedChart.Columns(machine.Board), LedChart.Rows(machine.Board));
        }
    }

    private static async Task<int> SetAsync(CommandContext context, BoardMachine machine, BoardState state, string air, CancellationToken cancellationToken)
    {
        var driver = new LedDriver(machine.Leds);
        var tasks = LedPolicy.Tasks(machine.Present, state, ButtonAnswer.None, air);
        driver.Show(tasks, machine.Wire());
        while (driver.IsBehind)
        {
            // An unprivileged user gets a new trigger's attributes from udev a moment later.
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            driver.Show(tasks, machine.Wire());
        }

        foreach (var (led, fault) in driver.Faults)
        {
            context.Output.Fail($"{led}: {fault}", "run as root, or as a member of the group skyminer-leds");
        }

        return driver.Faults.Count == 0 ? ExitCode.Ok : ExitCode.Failure;
    }
}
