// skywire board clock restore|save|wait|web: a sane clock on boards that forget the time when they are off. Run by skyminer-settings.service (restore) and the skyminer-clock units.
using System.CommandLine;
using Skywire.Boards.Clock;
using Skywire.Boards.Settings;
using Skywire.Linux;
using Skywire.Visor.Board;

namespace Skywire.Visor.Commands;

internal static class BoardClockCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group("clock", "The clock of a board that forgets the time when it is off.", Restore(context), Save(context), Wait(context), Web(context));

    private static Command Restore(CommandContext context)
    {
        var (data, run) = Folders();
        return context.Command("restore", "Set the clock to the last known time, unless it is later already.", ["skywire board clock restore"], [data, run], (result, _) =>
        {
            context.Output.Out.WriteLine(Restore(Kept(result, data), result.GetValue(run)!));
            return Task.FromResult(ExitCode.Ok);
        });
    }

    /// <summary>Sets the clock to the last known time in <paramref name="kept"/>, unless it is later already; a sentence about what was done.</summary>
    internal static string Restore(string kept, string run)
    {
        var decision = ClockDecision.Make(TimeProvider.System.GetUtcNow(), new ClockStore(kept).Load(), ImageRelease.Load()?.Built, HardwareClock.Read());
        if (decision.SetTo is { } time)
        {
            SystemClock.Set(time);
        }

        if (decision.Source == ClockSource.Hardware)
        {
            new ClockState(run).MarkSane("hardware clock");
        }

        return $"{TimeProvider.System.GetUtcNow():u}: {decision.Source switch { ClockSource.Hardware => "from the hardware clock", ClockSource.LastKnown => "last known time", _ => "not known" }}";
    }

    private static Command Save(CommandContext context)
    {
        var (data, _) = Folders();
        return context.Command("save", "Save the time as the last known one, unless a later one is saved.", ["skywire board clock save"], [data], (result, _) =>
        {
            new ClockStore(Kept(result, data)).Save(TimeProvider.System.GetUtcNow());
            return Task.FromResult(ExitCode.Ok);
        });
    }

    private static Command Wait(CommandContext context)
    {
        var (_, run) = Folders();
        var limit = new Option<int>("--limit") { Description = "Longest wait in seconds; then services start with the clock as it is.", HelpName = "SECONDS", DefaultValueFactory = static _ => 20 };
        return context.Command("wait", "Wait until the clock is right, or nobody can be asked for the time.", ["skywire board clock wait --limit 20"], [limit, run], async (result, cancellationToken) =>
        {
            var facts = new ClockFacts(new ClockState(result.GetValue(run)!), context.Output);
            var end = await ClockGate.WaitAsync(facts, TimeSpan.FromSeconds(result.GetValue(limit)), TimeProvider.System, cancellationToken);
            context.Output.Out.WriteLine(end switch
            {
                ClockWait.Synchronized => "the clock is synchronized",
                ClockWait.WebDate => "the clock was set from the date of web servers",
                ClockWait.NoRoute => "nobody can be asked for the time: this network has no way out",
                _ => $"the clock is not right yet after {result.GetValue(limit)} s; services start all the same",
            });
            return ExitCode.Ok;
        });
    }

    private static Command Web(CommandContext context)
    {
        var (_, run) = Folders();
        return context.Command("web", "Set the clock from the date of web servers on which two agree, where NTP is blocked.", ["skywire board clock web"], [run], async (result, cancellationToken) =>
        {
            var facts = new ClockFacts(new ClockState(result.GetValue(run)!), context.Output);
            return facts.HasRoute && !facts.IsSynchronized && !await facts.TrySetFromWebAsync(cancellationToken) ? ExitCode.Failure : ExitCode.Ok;
        });
    }

    private static string Kept(ParseResult result, Option<string> data) => (ApplyPlaces.Default with { Data = result.GetValue(data)! }).Kept;

    private static (Option<string> Data, Option<string> Run) Folders()
        => (BoardOptions.Folder("--data", "The data partition.", ApplyPlaces.Default.Data), BoardOptions.Folder("--run", "Where this boot's marks go.", ApplyPlaces.Default.Run));

    private sealed class ClockFacts(ClockState state, CliOutput output) : IClockFacts
    {
        public bool IsSynchronized => File.Exists(ClockState.TimeServiceMark) || SystemClock.IsSynchronized;

        public bool HasRoute => NetworkRoutes.HasDefault();

        public async Task<bool> TrySetFromWebAsync(CancellationToken cancellationToken)
        {
            var notes = new List<string>();
            var date = await new WebDate(TimeProvider.System).AskAsync(WebDateServer.Default, notes, cancellationToken);
            foreach (var note in notes)
            {
                output.Error.WriteLine(note);
            }

            // NTP may have come first meanwhile, and is better than whole seconds.
            if (date is not { } time || IsSynchronized)
            {
                return IsSynchronized;
            }

            SystemClock.Set(time);
            state.MarkSane("date of web servers");
            return true;
        }
    }
}
