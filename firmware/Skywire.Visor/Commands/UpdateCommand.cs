// skywire update check|install|status|history|rollback|cancel|trial
using System.CommandLine;
using System.Globalization;
using Skywire.Visor.Api.Model;

namespace Skywire.Visor.Commands;

internal static class UpdateCommand
{
    public static Command Create(CommandContext context) => CommandContext.Group(
        "update",
        "Updates of the board's system: two slots, one runs, the other one is written.",
        Check(context),
        UpdateInstallCommand.Create(context),
        Status(context),
        History(context),
        Change(context, "rollback", "Go back to the system in the other slot: the board restarts into it. The version left behind is not installed again by itself.", ["skywire update rollback"]),
        Change(context, "cancel", "End a download or a wait. What was downloaded is kept, and for twelve hours nothing is installed by itself.", ["skywire update cancel"]),
        UpdateTrialCommand.Create(context));

    /// <summary>Prints the picture.</summary>
    public static void Print(CliOutput output, UpdateView view)
    {
        var pairs = new List<(string, string)>
        {
            ("Runs", $"{view.Version}{(view.Slot.Length > 0 ? $", slot {view.Slot}" : "")}"),
            ("Phase", $"{view.Phase}{(view.Percent > 0 ? $" {view.Percent} %" : "")}{(view.Reason.Length > 0 ? ": " + view.Reason : "")}"),
            ("Available", view.Target.Length > 0 ? view.Target : "nothing newer that is known"),
            ("Feed", $"{(view.Feed.Length > 0 ? view.Feed : "none")}, channel {view.Channel}"),
            ("Installs", view.Automatic ? $"by itself, {view.Window}" : "when told to"),
            ("Last look", view.LastCheck is { } check ? Moment(check) + (view.CheckFault.Length > 0 ? ": " + view.CheckFault : "") : "never"),
            ("Last good", view.LastGood is { } good ? Moment(good) : "-"),
        };
        if (view.BytesTotal > 0 && view.BytesHeld > 0)
        {
            pairs.Add(("Download", $"{Arguments.Bytes(view.BytesHeld)} of {Arguments.Bytes(view.BytesTotal)}; {Arguments.Bytes(view.BytesFromSlot)} were in the running slot, {Arguments.Bytes(view.BytesFetched)} came over the network"));
        }

        output.Pairs(pairs);
        foreach (var line in view.Changelog.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            output.Pairs([("", line)]);
        }

        if (view.Refusal.Length > 0)
        {
            output.Out.WriteLine();
            output.Pairs([("! " + view.Refusal, $"{view.RefusalCause}; {view.Remedy}")]);
        }

        if (view.Failed.Count > 0)
        {
            output.Out.WriteLine();
            output.Table(["TAKEN BACK", "REASON"], view.Failed.Select(f => new[] { f.Version, f.Reason }));
        }

        PrintRollout(output, view.Rollout);
    }

    private static void PrintRollout(CliOutput output, RolloutViewOfBox? rollout)
    {
        if (rollout is null)
        {
            return;
        }

        output.Out.WriteLine();
        output.Pairs(
        [
            ("Roll-out", rollout.Target.Length == 0 ? "none" : rollout.Order > 0 ? $"{rollout.Target}, ordered for the whole box" : rollout.Target),
            ("Turn", rollout.Holder.Length == 0 ? "nobody has it" : $"{rollout.Holder} has it for {Arguments.Span(rollout.HeldForSeconds)}"),
            ("Stopped", rollout.Stopped.Length == 0 ? "no" : rollout.Stopped),
        ]);
        if (rollout.Boards.Count > 0)
        {
            output.Table(["BOARD", "RUNS", "STATE", "TARGET", "#HEARD S AGO", "REASON"], rollout.Boards.Select(b => new[] { b.Board, b.Version, b.State, b.Target, $"{b.SilenceSeconds:0}", b.Reason }));
        }
    }

    private static Command Check(CommandContext context) => context.Remote(
        "check",
        "Look at the feed now. Nothing is installed.",
        ["skywire update check", "skywire update check --json"],
        [],
        async (result, client, cancellationToken) =>
        {
            Show(context, result, await client.SendAsync(HttpMethod.Post, "update/check", cancellationToken));
            return ExitCode.Ok;
        });

    private static Command Status(CommandContext context) => context.Remote(
        "status",
        "Show what runs, what is available and what goes on; on a board of a box also the roll-out.",
        ["skywire update status", "skywire update status --json"],
        [],
        async (result, client, cancellationToken) =>
        {
            Show(context, result, await client.GetAsync("update", cancellationToken));
            return ExitCode.Ok;
        });

    private static Command History(CommandContext context) => context.Remote(
        "history",
        "List what happened to this board's system, oldest first.",
        ["skywire update history", "skywire update history --json"],
        [],
        async (result, client, cancellationToken) =>
        {
            var json = await client.GetAsync("update/history", cancellationToken);
            if (result.GetValue(context.Json))
            {
                context.Output.Json(json);
            }
            else
            {
                var entries = VisorClient.Parse(json, ApiJson.Default.IReadOnlyListHistoryEntry);
                context.Output.Table(["WHEN", "WHAT", "VERSION", "FROM", "SLOT", "REASON"], entries.Select(e => new[] { Moment(e.At), e.Event, e.Version, e.FromVersion, e.Slot, e.Code.Length > 0 ? $"{e.Code}: {e.Reason}" : e.Reason }));
            }

            return ExitCode.Ok;
        });

    private static Command Change(CommandContext context, string name, string description, string[] examples) => context.Remote(name, description, examples, [], async (result, client, cancellationToken) =>
    {
        var json = await client.SendAsync(HttpMethod.Post, "update/" + name, cancellationToken);
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
        }
        else
        {
            var view = VisorClient.Parse(json, ApiJson.Default.UpdateView);
            context.Output.Out.WriteLine(name == "cancel" ? "ended" : view.Reason.Length > 0 ? view.Reason : "done");
        }

        return ExitCode.Ok;
    });

    private static void Show(CommandContext context, ParseResult result, byte[] json)
    {
        if (result.GetValue(context.Json))
        {
            context.Output.Json(json);
        }
        else
        {
            Print(context.Output, VisorClient.Parse(json, ApiJson.Default.UpdateView));
        }
    }

    private static string Moment(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
