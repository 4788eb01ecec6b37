using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Skywire.ImageBuild;
using Skywire.ImageBuild.Records;
using Skywire.Workbench.Checks;
using Skywire.Workbench.Checks.Ota;
using Skywire.Workbench.Emulation;
using Spectre.Console;

namespace Skywire.Workbench.Commands;

/// <summary><c>check ota</c>: updates of a real image under emulation, with what goes wrong on the way.</summary>
internal static class OtaChecks
{
    public static Command Create()
    {
        var options = new EmulationOptions(QemuMachine.Virt, 2401, 8401);
        var json = new Option<bool>("--json") { Description = "figures as JSON on standard output" };
        var only = new Option<string[]>("--only") { Description = "cases, by comma: " + string.Join(", ", OtaCheck.Names), AllowMultipleArgumentsPerToken = true };
        var cuts = new Option<int>("--power-cuts") { Description = "power cuts over download, installation, slot state and first start" };
        var first = new Option<int>("--first-cut") { Description = "number of the first one, to go on with a run of the same seed", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong?>("--seed") { Description = "seed of the cuts; default: the time, and printed" };
        var jobs = new Option<int>("--jobs") { Description = "boards that run at the same time, 1 to 8", DefaultValueFactory = _ => 1 };
        var cutsOnly = new Option<bool>("--no-cases") { Description = "only power cuts, the box and what --only names" };
        var box = new Option<bool>("--box") { Description = "also a box of boards, updated by one command while a file flows through them" };
        var boards = new Option<int>("--boards") { Description = "boards of that box, 3 to 8", DefaultValueFactory = _ => 3 };
        var next = new Option<string?>("--next-program") { Description = "a published linux-arm64 skywire for the new slot: what a change of the program costs to download; default: the same program" };
        var command = options.AddTo(new Command("ota", """
            Updates under emulation, each case with its end state: good and broken bundles, broken connections, new systems that panic, hang or crash, lost links, going back, power cuts.
            Examples: tools/skyminer check ota --json      tools/skyminer check ota --only panics,hangs --jobs 2
                      tools/skyminer check ota --no-cases --power-cuts 10 --seed 7      tools/skyminer check ota --no-cases --box --boards 3
            """) { only, cuts, first, cutsOnly, seed, jobs, box, boards, next, json });
        Require(cuts, n => n is >= 0 and <= 1000, "0 to 1000");
        Require(first, n => n is >= 1 and <= 1000, "1 to 1000");
        Require(boards, n => n is >= 3 and <= 8, "3 to 8");
        Require(jobs, n => n is >= 1 and <= 8, "1 to 8");
        only.Validators.Add(result =>
        {
            foreach (var name in Split(result.GetValueOrDefault<string[]>()).Except(OtaCheck.Names))
            {
                result.AddError($"--only knows no case {name}; there are {string.Join(", ", OtaCheck.Names)}");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            await Prerequisites.EnsureAsync(Prerequisites.Updates, required: true, token);
            var folder = Path.Combine(Checkout.State, "check-ota");
            var (plan, image) = options.Read(parsed, folder, 1);
            EmulatedFleet.RequirePorts(plan);
            var build = Find(image);
            var stamp = build.SlotSha256[..12];
            var stage = new OtaStage(folder, image, stamp, plan.Boards[0].MemoryMb, plan.Boards[0].SshPort, plan.Boards[0].PagePort);
            var shelf = new BundleShelf(Path.Combine(folder, "bundles"), build, parsed.GetValue(next));
            var order = new OtaOrder([.. Split(parsed.GetValue(only))], parsed.GetValue(cuts), parsed.GetValue(first), parsed.GetValue(seed) ?? (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds(), parsed.GetValue(jobs), parsed.GetValue(cutsOnly), parsed.GetValue(box) ? parsed.GetValue(boards) : 0);
            if (order.PowerCuts > 0)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed of the power cuts: {order.Seed}"));
            }

            var report = await new OtaCheck(stage, shelf, build, order, new CheckProgress()).RunAsync(token);
            return Show(report, parsed.GetValue(json));
        });
        return command;
    }

    private static BuildResult Find(BoardImage image)
    {
        try
        {
            return ImageRecord.Find(image.Image, BoardImage.UsualFolder);
        }
        catch (ImageException e)
        {
            throw new WorkbenchException(e.Message, e.Remedy);
        }
    }

    private static IEnumerable<string> Split(string[]? names) => (names ?? []).SelectMany(n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static void Require(Option<int> option, Func<int, bool> holds, string words) => option.Validators.Add(result =>
    {
        if (!holds(result.GetValueOrDefault<int>()))
        {
            result.AddError($"{option.Name} takes {words}");
        }
    });

    private static int Show(OtaReport report, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, OtaReportJson.Default.OtaReport));
            return report.Ok ? 0 : 1;
        }

        var cases = new Table().Border(TableBorder.Rounded).AddColumns("case", "slot", "data", "starts", "history", "reason");
        foreach (var c in report.Cases)
        {
            cases.AddRow(Markup.Escape((c.Ok ? "" : "! ") + c.Case), c.Slot, c.DataIntact ? "kept" : "changed", c.Starts, Markup.Escape($"{c.Event} {c.Code}".Trim()), Markup.Escape(c.Reason));
        }

        AnsiConsole.Write(cases);
        if (report.CutTable.Count > 0)
        {
            var cuts = new Table().Border(TableBorder.Rounded).AddColumns("power cut in", "cuts", "good", "old slot", "new slot", "torn");
            foreach (var row in report.CutTable)
            {
                cuts.AddRow(new[] { row.Phase, Number(row.Cuts), Number(row.Good), Number(row.OldSlot), Number(row.NewSlot), Number(row.Torn) });
            }

            AnsiConsole.Write(cuts);
        }

        foreach (var failure in report.Failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]failed:[/] {failure}");
        }

        AnsiConsole.MarkupLine(report.Ok ? "[green]ok[/]" : "[red]not ok[/]");
        return report.Ok ? 0 : 1;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
